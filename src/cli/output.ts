/** The file of `-o`. */
import { resolve } from 'node:path'
import { encode } from '../env/bytes.js'
import { type Problem, problem } from '../problem.js'
import { escaped } from '../report/escape.js'
import { row } from '../report/lines.js'
import { save } from '../save/save.js'
import { readText } from '../workspace/files.js'
import { type Call, type Result, styleOf } from './command.js'

/**
 * Writes a result to a file, relative to the current directory. A file that starts with another line is not overwritten.
 * @param about behind the name of the file
 * @param isPrivate whether only its owner may read it, as it has the values of a product env
 */
export function saveOutput(
  { host }: Call,
  file: string,
  text: string,
  { about = '', isPrivate = false } = {},
): Result {
  const path = resolve(host.cwd, file)
  const { text: before, problem: unread } = readText(path, file)
  const after = encode(text)
  const failed =
    unread ??
    (isOther(before, after)
      ? foreign(file)
      : save({ path, file, before, after, ...(isPrivate ? {} : { shared: true }) }))
  const title = before === after ? 'current' : 'written'
  const line = () => row(title, `${escaped(file)}${about}`, styleOf(host, 'stdout'))
  return failed === null ? { text: () => [line()], problems: [] } : { problems: [failed] }
}

function isOther(before: string | null, after: string): boolean {
  const start = after.slice(0, after.indexOf('\n') + 1)
  return before !== null && before.trim() !== '' && !before.startsWith(start)
}

function foreign(file: string): Problem {
  const message = 'This file was not written by product-env, so it is not overwritten'
  return problem('foreign-file', { file }, message, 'Name another file.')
}
