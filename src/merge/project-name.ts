/** What Compose calls a project: `[a-z0-9][a-z0-9_-]*` (compose-go, `NormalizeProjectName`). */
import { type Problem, problem } from '../problem.js'

/** Where an env file sets it. */
export const PROJECT = 'COMPOSE_PROJECT_NAME'

/** What Compose makes of a folder's name to have a project name. */
export function composeProjectName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '')
}

/** The problem if Compose refuses a project name of an env file. An empty one counts as none. @param value a byte string */
export function projectNameProblem(value: string, { file, line }: { file: string; line: number }): Problem[] {
  if (composeProjectName(value) === value) return []
  const message = `${PROJECT} is not set to a valid project name, so Docker Compose refuses to run`
  const next = 'Use lower-case letters, digits, "-" and "_", starting with a letter or digit.'
  return [problem('bad-project-name', { file, line }, message, next)]
}
