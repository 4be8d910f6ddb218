/** `product init`, `new`, `add` and `remove`: the commands that set up a workspace and its products. */
import { basename, resolve } from 'node:path'
import type { FileChange } from '../file-change.js'
import { hasErrors, type Problem } from '../problem.js'
import { editJson, editLines, filesJson, initLines, newProductLines } from '../report/workspace-commands.js'
import { initWorkspace } from '../tasks/init-workspace.js'
import { newProduct } from '../tasks/new-product.js'
import { addFeatures, removeFeatures } from '../tasks/product-features.js'
import {
  type Call,
  inWorkspace,
  joined,
  namedWorkspace,
  type OutputOptions,
  print,
  type Result,
  styleOf,
} from './command.js'
import type { ExitCode } from './host.js'

interface WriteOptions extends OutputOptions {
  readonly dryRun?: true
}

interface NewProductOptions extends WriteOptions {
  readonly features?: readonly string[] | undefined
}

export async function init(call: Call<WriteOptions>): Promise<ExitCode> {
  const { host, options } = call
  const root = resolve(host.cwd, namedWorkspace(call) ?? '.')
  const dryRun = options.dryRun ?? false
  const { files, problems } = initWorkspace(root, { dryRun })
  const lines = initLines(basename(root), files, dryRun, styleOf(host, 'stdout'))
  const json = () => filesJson(files, !dryRun)
  return print(call, { ...(await shown(call, lines, files, problems)), json })
}

export function productNew(call: Call<NewProductOptions>, name: string): Promise<ExitCode> {
  const { features, dryRun = false } = call.options
  return inWorkspace(call, {}, async (workspace) => {
    const { files, problems } = await newProduct(workspace, name, { features, dryRun })
    const lines = newProductLines(name, files, dryRun, styleOf(call.host, 'stdout'))
    const json = () => ({ product: name, ...filesJson(files, !dryRun) })
    return { ...(await shown(call, lines, files, problems)), json }
  })
}

export function add(call: Call<WriteOptions>, product: string, features: string[]): Promise<ExitCode> {
  return edit(call, 'add', product, features)
}

export function remove(call: Call<WriteOptions>, product: string, features: string[]): Promise<ExitCode> {
  return edit(call, 'remove', product, features)
}

function edit(
  call: Call<WriteOptions>,
  action: 'add' | 'remove',
  product: string,
  features: readonly string[],
): Promise<ExitCode> {
  const { dryRun = false } = call.options
  return inWorkspace(call, {}, async (workspace) => {
    const task = action === 'add' ? addFeatures : removeFeatures
    const edited = await task(workspace, product, features, { dryRun })
    const lines = editLines(product, action, edited, dryRun, styleOf(call.host, 'stdout'))
    const json = () => ({ product, ...editJson(edited, !dryRun) })
    return { ...(await shown(call, lines, edited.files, edited.problems)), json }
  })
}

/** Problems of other files do not keep files from being written. */
async function shown(
  { host, options }: Call<WriteOptions>,
  lines: readonly string[],
  files: readonly FileChange[],
  problems: readonly Problem[],
): Promise<Result> {
  if (files.length === 0 && hasErrors(problems)) return { problems }
  // Loaded lazily: only a dry run shows a diff.
  const isShown = options.dryRun && files.length > 0
  const diffs = isShown
    ? `\n${(await import('../report/diff.js')).fileDiffs(files, styleOf(host, 'stdout'))}`
    : ''
  return { text: () => `${joined(lines)}${diffs}`, problems }
}
