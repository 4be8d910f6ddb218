import { type Problem, problem } from '../problem.js'

export const PROJECT = 'COMPOSE_PROJECT_NAME'

/** Returns the project name that Compose derives from a folder's name (compose-go, `NormalizeProjectName`). */
export function composeProjectName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '')
}

/** Returns a problem if Compose refuses a project name; an empty one counts as none. @param value a byte string */
export function projectNameProblem(value: string, { file, line }: { file: string; line: number }): Problem[] {
  if (composeProjectName(value) === value) return []
  const message = `${PROJECT} is not set to a valid project name, so Docker Compose refuses to run`
  const next = 'Use lower-case letters, digits, "-" and "_", starting with a letter or digit.'
  return [problem('bad-project-name', { file, line }, message, next)]
}
