/** Every command line worth a try, made from the commands themselves: a new command or option is tried unasked. */
import { Command, type Option } from 'commander'
import { vi } from 'vitest'
import { feature, product } from '../support/cli.js'

export const PROGRAMS = { product, feature } as const

export interface CommandLine {
  readonly program: keyof typeof PROGRAMS
  readonly words: readonly string[]
}

/** What is given for an operand (`product env product`) or for the value of an option (`--port`). */
type Values = Readonly<Record<string, readonly string[]>>

/**
 * Every command with each operand and each option; with the last operand with each two of them.
 * @param values takes the place of the choices that an option has
 * @param left options that are not tried
 */
export async function commandLines(values: Values, left: readonly string[]): Promise<CommandLine[]> {
  const lines: CommandLine[] = []
  for (const program of ['product', 'feature'] as const) {
    for (const command of (await programOf(program)).commands) {
      const name = command.name()
      const operands = operandsOf(command, `${program} ${name}`, values)
      const options = command.options
        .filter(({ long }) => !left.includes(long as string))
        .map((option) => waysOf(option, values))
      for (const operand of operands) {
        const two = operand === operands.at(-1) ? pairs(options) : []
        for (const words of [[], ...options.flat(), ...two])
          lines.push({ program, words: [name, ...operand, ...words] })
      }
    }
  }
  return lines
}

/** The tree of commands, caught on its way to be run. */
async function programOf(name: keyof typeof PROGRAMS): Promise<Command> {
  const parse = vi.spyOn(Command.prototype, 'parseAsync')
  await PROGRAMS[name](['--version'], '/')
  const [program] = parse.mock.contexts as [Command]
  parse.mockRestore()
  return program
}

function operandsOf(command: Command, path: string, values: Values): string[][] {
  return command.registeredArguments.reduce<string[][]>(
    (all, operand) =>
      all.flatMap((words) => {
        const given = known(values, `${path} ${operand.name()}`).map((value) => [...words, value])
        return operand.required ? given : [words, ...given]
      }),
    [[]],
  )
}

function waysOf({ long, required, argChoices }: Option, values: Values): string[][] {
  const flag = long as string
  if (!required) return [[flag]]
  return (values[flag] ?? argChoices ?? known(values, flag)).map((value) => [flag, value])
}

function pairs(options: readonly string[][][]): string[][] {
  return options.flatMap((ways, index) =>
    options
      .slice(index + 1)
      .flatMap((others) => ways.flatMap((one) => others.map((two) => [...one, ...two]))),
  )
}

function known(values: Values, name: string): readonly string[] {
  const found = values[name]
  if (found === undefined) throw new Error(`the test does not know what to try for ${name}`)
  return found
}
