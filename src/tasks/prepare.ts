/** What happens to a product before a program runs for it: a merge, and a look at the variables of the shell. */
import { basename, relative, resolve } from 'node:path'
import { parseEnv } from '../env/document.js'
import { readEnv } from '../env/read.js'
import { refusalProblem } from '../env/refusal.js'
import type { Machine } from '../live/machine.js'
import { PROJECT } from '../merge/project-name.js'
import { hasErrors, type Problem, problem } from '../problem.js'
import { composeFiles } from '../workspace/compose-files.js'
import { findCopy } from '../workspace/copies.js'
import { overlayOf } from '../workspace/instances.js'
import { COMPOSE_FILES } from '../workspace/layout.js'
import { badInstanceName, checkProduct } from '../workspace/names.js'
import { readFile, reopen, type Workspace } from '../workspace/workspace.js'
import { envFileOptions } from './copy.js'
import { type Merge, mergeProducts } from './merge.js'
import type { OwnerName } from './named-survey.js'
import { noInstance, switchedOff } from './view.js'

interface PrepareTask {
  /** `plan` writes nothing. */
  readonly merge: 'write' | 'plan' | 'skip'
  /** The shell's variables; byte strings. */
  readonly shell: ReadonlyMap<string, string>
  readonly machine: Machine
}

/** A product or instance for which a program can run. */
export interface Prepared {
  /** As the merge has left it. */
  readonly workspace: Workspace
  readonly owner: OwnerName
  /** The folder in which Compose runs; absolute. */
  readonly folder: string
  /** The options with which Compose reads the env files of an instance. */
  readonly options: readonly string[]
  /** What the env files set, as Compose reads it: byte strings, without the shell's. */
  readonly values: ReadonlyMap<string, string>
  /** Variables of which the shell has another value, which wins. */
  readonly shellWins: ReadonlySet<string>
}

/** @returns null for `prepared` if there is an error */
export async function prepareProduct(
  workspace: Workspace,
  named: OwnerName,
  { merge: how, shell, machine }: PrepareTask,
): Promise<{
  readonly prepared: Prepared | null
  /** Null if none was made. */
  readonly merge: Merge | null
  readonly problems: readonly Problem[]
}> {
  const missing = checkProduct(workspace, named.product) ?? missingInstance(workspace, named)
  if (missing !== null) return { prepared: null, merge: null, problems: [...workspace.problems, missing] }
  const { product } = named
  const instance = isCopyHere(workspace, named) ? null : named.instance
  const task = { instance, machine, dryRun: how === 'plan' }
  const merge = how === 'skip' ? null : await mergeProducts(workspace, [product], task)
  if (merge?.state === 'stopped') return { prepared: null, merge, problems: merge.problems }
  const isWritten = merge?.products.some(({ written }) => written)
  const current = isWritten ? await reopen(workspace) : workspace
  const { folder, env } = current.layout.product(product)
  const text = merge?.products[0]?.plan.after ?? readFile(current, env).text
  const reading = readFiles(current, product, instance, shell)
  const off = instance === null ? switchedOff(env, reading.values, shell) : []
  // A project that runs elsewhere concerns only what starts or stops it.
  const merging = (merge?.problems ?? workspace.problems).filter(({ code }) => code !== 'project-elsewhere')
  const problems = [...merging, ...reading.problems, ...off]
  const envFiles = instance === null ? plainEnvFile(env) : envFileOptions({ file: env, text }, instance)
  const prepared = {
    workspace: current,
    owner: { product, instance },
    folder: resolve(current.root, folder),
    options: [...fileOptions(current, product, reading.values), ...envFiles],
    values: reading.values,
    shellWins: reading.shellWins,
  }
  return { prepared: hasErrors(problems) ? null : prepared, merge, problems }
}

/** Returns the options without which Compose would not find files of other names, or the project of a layout. */
function fileOptions(
  workspace: Workspace,
  product: string,
  values: ReadonlyMap<string, string>,
): readonly string[] {
  const { folder, project } = workspace.layout.product(product)
  const { files } = composeFiles(workspace, product, (name) => values.get(name))
  const isNamed = project === undefined || values.has(PROJECT)
  const isFound = values.has('COMPOSE_FILE') || COMPOSE_FILES.includes(basename(files[0] ?? ''))
  return [
    ...(isNamed ? [] : ['-p', project]),
    ...(isFound ? [] : files.flatMap((file) => ['-f', relative(folder, file)])),
  ]
}

function plainEnvFile(env: string): readonly string[] {
  return basename(env) === '.env' ? [] : ['--env-file', basename(env)]
}

/** Returns true if the product in this checkout is itself the copy of that name. */
function isCopyHere(workspace: Workspace, { product, instance }: OwnerName): boolean {
  const place = instance === null ? null : findCopy(workspace, product)
  return place !== null && !('code' in place) && place.name === instance
}

/** An instance is not created here: a typing error must not start another stack. */
function missingInstance(workspace: Workspace, named: OwnerName): Problem | null {
  const { product, instance } = named
  if (instance === null || isCopyHere(workspace, named)) return null
  const overlay = overlayOf(workspace, product, instance)
  return (
    badInstanceName(instance) ?? (overlay.state === 'ours' ? null : noInstance(product, instance, overlay))
  )
}

/** Variables with which the shell turns every product into another one, whatever its env file sets. */
const DANGEROUS = ['COMPOSE_FILE', PROJECT]

/** Reads the env files of a product or instance as Compose does. */
function readFiles(
  workspace: Workspace,
  product: string,
  instance: string | null,
  shell: ReadonlyMap<string, string>,
): Pick<Prepared, 'values' | 'shellWins'> & { readonly problems: readonly Problem[] } {
  const { env, overlay } = workspace.layout.product(product)
  const problems: Problem[] = []
  const places = new Map<string, { readonly file: string; readonly line: number }>()
  let values: ReadonlyMap<string, string> = new Map()
  let alone = values
  for (const file of instance === null ? [env] : [env, overlay(instance)]) {
    const doc = parseEnv(readFile(workspace, file).text ?? '')
    const reading = readEnv(doc, shell, values)
    for (const refusal of reading.refusals) problems.push(refusalProblem(file, refusal, true))
    values = reading.values
    alone = readEnv(doc, new Map(), alone).values
    for (const { key, line } of doc.statements) places.set(key, { file, line })
  }
  const shellWins = new Set(
    [...places.keys(), ...DANGEROUS].filter((key) => isOther(shell.get(key), alone, key)),
  )
  for (const key of shellWins) {
    const place = places.get(key)
    const over = place === undefined ? "the product's own" : 'the value here'
    const message = `The shell sets ${key}, which wins over ${over}`
    problems.push(problem('shell-wins', place ?? {}, message, `Run: unset ${key}`))
  }
  return { values, shellWins, problems }
}

function isOther(value: string | undefined, values: ReadonlyMap<string, string>, key: string): boolean {
  // An empty one of Compose's own variables counts as not set.
  if (value === undefined || (DANGEROUS.includes(key) && value === '')) return false
  return value !== values.get(key)
}
