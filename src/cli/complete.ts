/** What fits at a place of a command line: the answer to the scripts of `product completion`. */
import type { Argument, Command, Option } from 'commander'
import { ownerName } from '../claims/claim.js'
import { findWorkspace } from '../workspace/find.js'
import { instancesOf } from '../workspace/instances.js'
import { openWorkspace, type Workspace } from '../workspace/workspace.js'
import type { Host } from './host.js'

/** The names that fit, by how the help calls a value. New names, files and numbers are left to the shell. */
const NAMES: Readonly<Record<string, (workspace: Workspace, operands: readonly string[]) => string[]>> = {
  product: ({ products }) => [...products],
  feature: ({ features }) => [...features],
  features: ({ features }) => [...features],
  'product[@instance]': (workspace) =>
    workspace.products.flatMap((product) => [
      product,
      ...instancesOf(workspace, product).names.map((instance) => ownerName({ product, instance })),
    ]),
  instance: (workspace, [named]) => {
    const products = workspace.products.filter((product) => named === undefined || product === named)
    return [...new Set(products.flatMap((product) => instancesOf(workspace, product).names))]
  },
}

/**
 * Finds the words that fit, whatever they start with.
 * @param words those after the name of the program; the last one is the part of a word before the cursor
 * @returns each word, with a tab and its description if it has one
 */
export async function complete(program: Command, host: Host, words: readonly string[]): Promise<string[]> {
  const place = placeAfter(program, words.slice(0, -1))
  if (place === null) return []
  const { command, operands } = place
  const typed = words.at(-1) ?? ''
  const [start = '', flag = ''] = /^(--[^=]+)=/.exec(typed) ?? []
  const option = place.option ?? optionOf(program, command, flag)
  if (option === undefined) {
    const help = command.createHelp()
    if (typed.startsWith('-'))
      return help.visibleOptions(command).map(({ long, description }) => `${long}\t${description}`)
    if (command === program)
      return help.visibleCommands(program).map((each) => `${each.name()}\t${each.description()}`)
  }
  const value = option ?? argumentAt(command, operands.length)
  if (value === undefined) return []
  const kind = kindOf(value)
  // Of a list with commas, the last name is typed.
  const list = kind === 'features' ? typed.slice(start.length, typed.lastIndexOf(',') + 1) : ''
  const names = value.argChoices ?? (await namesOf(host, kind, place))
  const used = new Set([...operands, ...list.split(',')])
  return names.filter((name) => !used.has(name)).map((name) => `${start}${list}${name}`)
}

async function namesOf(
  { cwd, env }: Host,
  kind: string,
  { operands, workspace }: Place,
): Promise<readonly string[]> {
  const list = NAMES[kind]
  if (list === undefined) return []
  // The shell hands over what is typed.
  const typed = workspace?.replace(/^~(?=\/|$)/, () => env['HOME'] ?? '~')
  const root = findWorkspace({ cwd, named: typed ?? (env['PRODUCT_WORKSPACE'] || undefined) })
  return typeof root === 'string' ? list(await openWorkspace(root), operands) : []
}

/** The words before the one that is typed, as commander reads them. */
interface Place {
  readonly command: Command
  readonly operands: readonly string[]
  /** The option whose value is typed. */
  readonly option: Option | undefined
  /** The folder of `-C`. */
  readonly workspace: string | undefined
}

/** @returns null after a word that is not a command, and where the words belong to another program */
function placeAfter(program: Command, words: readonly string[]): Place | null {
  const operands: string[] = []
  let command: Command | undefined = program
  let option: Option | undefined
  let workspace: string | undefined
  for (const word of words) {
    if (option !== undefined) {
      if (option.attributeName() === 'workspace') workspace = word
      option = undefined
    } else if (word.startsWith('-')) {
      const [flag = '', value] = word.split('=')
      const known = optionOf(program, command, flag)
      if (value === undefined && known?.required) option = known
      else if (known?.attributeName() === 'workspace') workspace = value
    } else if (command === program) {
      command = program.commands.find((each) => each.name() === word)
      if (command === undefined) return null
    } else operands.push(word)
    const argument = argumentAt(command, operands.length)
    if (argument?.variadic && NAMES[argument.name()] === undefined) return null
  }
  return { command, operands, option, workspace }
}

function optionOf(program: Command, command: Command, flag: string): Option | undefined {
  return [...command.options, ...program.options].find(({ short, long }) => flag === short || flag === long)
}

function argumentAt({ registeredArguments }: Command, index: number): Argument | undefined {
  const last = registeredArguments.at(-1)
  return registeredArguments[index] ?? (last?.variadic ? last : undefined)
}

/** Returns what the help calls a value: `feature` of `--feature <feature>`. */
function kindOf(value: Argument | Option): string {
  return 'flags' in value ? (/<(.+)>/.exec(value.flags)?.[1] ?? '') : value.name()
}
