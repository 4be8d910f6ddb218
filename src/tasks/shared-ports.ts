/** Warns of ports that a merge shares with other products, by their env files as they are. */

import { ownerName } from '../claims/claim.js'
import { portsIn, SharedPorts } from '../claims/shared-ports.js'
import { parseEnv } from '../env/document.js'
import { readEnv } from '../env/read.js'
import type { ProductPlan } from '../merge/plan.js'
import type { Problem } from '../problem.js'
import { readFile, type Workspace } from '../workspace/workspace.js'

/** Warns of each port that several of the plans, or a plan and another product, have: once a pair. */
export function sharedPorts(workspace: Workspace, plans: readonly ProductPlan[]): Problem[] {
  const planned = new Set(plans.map(({ product }) => product))
  const shared = new SharedPorts()
  for (const product of workspace.products) {
    if (planned.has(product)) continue
    const { text } = readFile(workspace, workspace.layout.product(product).env, [])
    if (text !== null) shared.add(product, portsIn(readEnv(parseEnv(text)).values))
  }
  return plans.flatMap((plan) => {
    const ports = portsIn(plan.values)
    const lines = new Map(plan.doc.statements.map(({ key, line }) => [key, line]))
    const { file } = plan
    const found = shared.warnings(ports, (key) => ({ file, line: lines.get(key) ?? 1 }))
    shared.add(ownerName(plan), ports)
    return found
  })
}
