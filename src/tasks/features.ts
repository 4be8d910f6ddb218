/** The features of a workspace as those see them who write them: what each states, and which products use it. */

import type { Service } from '../compose/project.js'
import { readEnv } from '../env/read.js'
import { refusalProblem } from '../env/refusal.js'
import { OWN_PORTS } from '../ports/own.js'
import { type PortValue, parsePortValue } from '../ports/value.js'
import { isPortVariable } from '../ports/variable.js'
import type { Problem } from '../problem.js'
import { readComposeProject } from '../workspace/compose.js'
import type { LoadedProduct } from '../workspace/product.js'
import { unreadFiles } from '../workspace/unread.js'
import { onlyFile, readTemplate, type Workspace } from '../workspace/workspace.js'

/** A variable of a feature. */
interface FeatureVariable {
  readonly key: string
  readonly line: number
  /** The base port; null if the variable is no port variable, or its value no port. */
  readonly base: PortValue | null
}

/** A feature. */
export interface Feature {
  readonly name: string
  /** Its template; null where there is none. */
  readonly template: string | null
  /** Its Compose file; null where there is none. */
  readonly composeFile: string | null
  /** In the order of the template, each once. */
  readonly variables: readonly FeatureVariable[]
  /** Those of its Compose file, and of what that includes. */
  readonly services: readonly Service[]
  /** The names of the products that have it. */
  readonly products: readonly string[]
}

/** Every feature of a workspace. @param products all of its products */
export function featuresOf(
  workspace: Workspace,
  products: readonly LoadedProduct[],
  problems: Problem[],
): Feature[] {
  const users = new Map<string, string[]>()
  for (const { source } of products) {
    for (const { name } of source.features) {
      if (name !== OWN_PORTS) users.set(name, [...(users.get(name) ?? []), source.name])
    }
  }
  return workspace.features.map((name) => {
    const { folder, composeFiles } = workspace.layout.feature(name)
    problems.push(...unreadFiles(workspace, folder))
    const { template, problems: unread } = readTemplate(workspace, name, null)
    problems.push(...unread)
    const reading = template === null ? null : readEnv(template.doc)
    const values = reading?.values ?? new Map<string, string>()
    for (const refusal of reading?.refusals ?? [])
      problems.push(refusalProblem(template?.file ?? '', refusal))
    const compose = onlyFile(workspace, composeFiles)
    problems.push(...compose.problems)
    return {
      name,
      template: template?.file ?? null,
      composeFile: compose.text === null ? null : compose.file,
      variables: variablesOf(template?.doc.statements ?? [], values),
      services: compose.text === null ? [] : servicesOf(workspace, compose.file, values, problems),
      products: users.get(name) ?? [],
    }
  })
}

function variablesOf(
  statements: readonly { readonly key: string; readonly line: number }[],
  values: ReadonlyMap<string, string>,
): FeatureVariable[] {
  // The last of equal keys counts.
  const last = new Map(statements.map(({ key, line }) => [key, line]))
  return [...last].map(([key, line]) => {
    const port = isPortVariable(key) ? parsePortValue(values.get(key) ?? '') : 'empty'
    return { key, line, base: typeof port === 'string' ? null : port }
  })
}

function servicesOf(
  workspace: Workspace,
  file: string,
  values: ReadonlyMap<string, string>,
  problems: Problem[],
): readonly Service[] {
  const project = readComposeProject(workspace, [file], values)
  problems.push(...project.problems)
  return project.services
}
