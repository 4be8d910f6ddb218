/** What an instance may be called. Its own module, since a plain merge does without the rest about instances. */
import { type Problem, problem } from '../problem.js'
import { badName, isName } from './workspace.js'

/** What else may stand beside a product env: templates. */
const NO_OVERLAY = /(?:^|\.)example$/

/** A problem if there can be no instance of a name. */
export function badInstanceName(name: string): Problem | null {
  if (!isName(name)) return badName(name, 'instance')
  if (!NO_OVERLAY.test(name)) return null
  const next = 'Give the instance another name: --instance blue.'
  return problem('bad-name', {}, `.env.${name} is no name of an overlay: other files end so`, next)
}
