/** No command shows a secret, whatever file it is in, however broken that is, and with whatever options. */
import { rmSync } from 'node:fs'
import { expect, test } from 'vitest'
import { thisMachine } from '../../src/live/machine.js'
import { startProgram } from '../live/support.js'
import { product } from '../support/cli.js'
import { makeWorkspace, type TestWorkspace } from '../support/workspace.js'
import { type CommandLine, commandLines, PROGRAMS } from './command-lines.js'
import { PRODUCTS, planted, SHELL, WORKSPACES } from './planted.js'

const VALUES = {
  'product env product': [...PRODUCTS, 'values'],
  'product list product[@instance]': ['values'],
  'product ports product[@instance]': ['values'],
  'product port product[@instance]': ['values'],
  'product port variable': ['DB_HOST_PORT'],
  'product whois port': ['5999'],
  'product check product[@instance]': ['values'],
  'product compose product[@instance]': ['values'],
  'product compose args': ['up'],
  'product new name': ['mail'],
  'product add product': ['values'],
  'product add feature': ['redis'],
  'product remove product': ['values'],
  'product remove feature': ['redis'],
  'product stack product[@instance]': ['values'],
  'product run product[@instance]': ['values'],
  'product run command': ['true'],
  'product completion shell': ['bash', 'fish'],
  'product complete words': ['values'],
  'feature complete words': ['lint'],
  'feature new name': ['mail'],
  'feature lint feature': ['redis'],
  '--instance': ['blue'],
  '--as': ['blue'],
  '--feature': ['redis'],
  '--features': ['redis'],
  '--outcome': ['pinned'],
  '--output': ['out'],
  '--scheme': ['sha1'],
  '--base': ['6380'],
  '--format': ['json', 'github'],
  '--offset': ['99'],
  '--domain': ['dev.test'],
  '--port': ['7000'],
  '--image': ['redis:7'],
  '--container-port': ['6379'],
  '--add-to': ['literals'],
}

/** Of --reveal it is the job. */
const LEFT = ['--reveal', '--workspace']

const lines = await commandLines(VALUES, LEFT)
const accepted = new Set<string>()

test.each(Object.entries(WORKSPACES))('in %s', { timeout: 240_000 }, async (_, files) => {
  const workspace = makeWorkspace(files)
  const before = workspace.all()
  const leaks = new Map<string, string>()
  for (const line of lines) {
    const { stdout, stderr } = await run(line, workspace)
    for (const [secret, place] of planted)
      if (`${stdout}${stderr}`.includes(secret)) leaks.set(place, `${line.program} ${line.words.join(' ')}`)
    restore(workspace, before)
  }
  expect(Object.fromEntries(leaks)).toEqual({})
})

test('with every option', () => {
  const words = lines.flatMap(({ words }) => words).filter((word) => word.startsWith('--'))
  expect([...new Set(words)].filter((word) => !accepted.has(word))).toEqual([])
})

test.skipIf(process.platform !== 'linux')('among the arguments of a process that has a port', async () => {
  const program = "s = require('net').createServer().listen(0, () => console.log(s.address().port))"
  const words = ['--password=hunter2', '--api-key', 'hunter2', 'https://me:hunter2@example.org', '--port=1']
  const { child, line } = await startProgram(process.execPath, ['-e', program, '--', ...words])
  for (const command of [`whois ${line}`, `whois ${line} --json`]) {
    const { stdout } = await product(command, makeWorkspace(), { machine: thisMachine({}) })
    expect(stdout).toContain(`pid ${child.pid}`)
    expect(stdout).not.toContain('hunter2')
  }
  const { stdout } = await product(`whois ${line} --json`, makeWorkspace(), { machine: thisMachine({}) })
  const { holders } = JSON.parse(stdout)
  expect(holders[0].command).toMatch(
    / --password=\*{8} --api-key \*{8} https:\/\/me:\*{8}@example.org --port=1$/,
  )
})

/** Adds what an option needs, such as --merge for --diff. */
async function run({ program, words }: CommandLine, workspace: TestWorkspace) {
  const ran = await PROGRAMS[program](words, workspace, { env: SHELL })
  const needed = /needs (--\w+)/.exec(ran.exitCode === 2 ? ran.stderr : '')?.[1]
  if (needed !== undefined) {
    const value = VALUES[needed as '--port']?.slice(0, 1) ?? []
    return run({ program, words: [...words, needed, ...value] }, workspace)
  }
  if (ran.exitCode !== 2) for (const word of words) accepted.add(word)
  return ran
}

function restore(workspace: TestWorkspace, before: Readonly<Record<string, string>>): void {
  const now = workspace.all()
  for (const file of Object.keys(now)) if (before[file] === undefined) rmSync(workspace.path(file))
  for (const [file, text] of Object.entries(before)) if (now[file] !== text) workspace.write({ [file]: text })
}
