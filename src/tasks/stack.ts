/** The Compose model of a product in the form that `docker stack deploy` takes. */
import { swarmModel } from '../compose/swarm.js'
import type { Machine } from '../live/machine.js'
import { type Problem, problem } from '../problem.js'
import { loadCompose } from '../workspace/compose.js'
import type { Prepared } from './prepare.js'

export interface StackModel {
  /** YAML; null if there is none, or Docker Compose refuses its files. */
  readonly text: string | null
  readonly problems: readonly Problem[]
}

/** Asks Docker Compose, which knows every form of every key, for the model with all variables resolved. */
export async function stackModel(
  { workspace, owner, folder, options, values }: Prepared,
  machine: Machine,
): Promise<StackModel> {
  const answer = await machine.compose([...options, 'config', '--format', 'json'], folder)
  if (answer === null) {
    const next = 'Install Docker Compose.'
    return { text: null, problems: [problem('no-compose', {}, 'Docker Compose is not installed', next)] }
  }
  if (!answer.isSuccess) {
    const message = `Docker Compose refuses the files: ${answer.stderr.trim().split('\n').at(-1)}`
    return { text: null, problems: [problem('compose-refused', {}, message, 'Correct them first.')] }
  }
  const { document, losses } = swarmModel(JSON.parse(answer.stdout))
  const { compose } = loadCompose(workspace, owner.product, values)
  const problems = losses.map(({ service, message, next, isError }) => {
    const span = compose?.services.find(({ name }) => name === service)?.span
    const place = span === undefined ? {} : { file: span.file, line: span.line }
    const whole = service === null ? message : `Service ${service}: ${message}`
    return problem(isError ? 'not-for-swarm' : 'swarm-ignores', place, whole, next)
  })
  const { stringify } = await import('yaml')
  // docker reads YAML 1.1, in which `on` is true and 1:30 is 90.
  return { text: stringify(document, { compat: 'yaml-1.1', lineWidth: 0 }), problems }
}
