/** Warns of ports that a merge shares with other products, by their env files as they are. */

import { ownerName } from '../claims/claim.js'
import { portsIn, SharedPorts } from '../claims/shared-ports.js'
import { parseEnv } from '../env/document.js'
import { readEnv } from '../env/read.js'
import type { ProductPlan } from '../merge/plan.js'
import { type Problem, problem } from '../problem.js'
import { readFile, type Workspace } from '../workspace/workspace.js'

/** In one run; a merge of a thousand products would print thousands. */
const MOST_WARNINGS = 10

/** Warns of each port that several of the plans, or a plan and another product, have: once a pair. */
export function sharedPorts(workspace: Workspace, plans: readonly ProductPlan[]): Problem[] {
  const planned = new Set(plans.map(({ product }) => product))
  const shared = new SharedPorts()
  for (const product of workspace.products) {
    if (planned.has(product)) continue
    const { text } = readFile(workspace, workspace.layout.product(product).env)
    if (text !== null) shared.add(product, portsIn(readEnv(parseEnv(text)).values))
  }
  const found = plans.flatMap((plan) => {
    const ports = portsIn(plan.values)
    const { file, doc } = plan
    const lineOf = (key: string) => doc.statements.findLast((each) => each.key === key)?.line ?? 1
    const warnings = shared.warnings(ports, (key) => ({ file, line: lineOf(key) }))
    shared.add(ownerName(plan), ports)
    return warnings
  })
  const more = found.length - MOST_WARNINGS
  if (more <= 1) return found
  const message = `${more} more pairs of products have host ports in common`
  const next = 'Run `product check --fix` to give products other offsets.'
  return [...found.slice(0, MOST_WARNINGS), problem('collision', {}, message, next)]
}
