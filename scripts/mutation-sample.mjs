/** A Stryker checker that lets a tenth of the mutants pass: the same ones in each run over the same sources. */
import { relative } from 'node:path'
import crc32 from 'crc-32'

const check = async (mutants) =>
  Object.fromEntries(
    mutants.map((mutant) => [mutant.id, { status: isSampled(mutant) ? 'passed' : 'compileError' }]),
  )

function isSampled({ fileName, location, mutatorName, replacement }) {
  const identity = [relative('', fileName), location, mutatorName, replacement]
  return (crc32.str(JSON.stringify(identity)) >>> 0) % 10 === 0
}

export const strykerPlugins = [
  { kind: 'Checker', name: 'sample', factory: () => ({ init: async () => {}, check }) },
]
