import { describe, expect, test } from 'vitest'
import { type Machine, thisMachine } from '../../src/live/machine.js'
import { product } from '../support/cli.js'
import { makeWorkspace } from '../support/workspace.js'
import { freePort, listenTcp } from './support.js'

/** Without a docker client. */
const real = thisMachine({ PATH: '' })
const withoutList: Machine = { ...real, sockets: () => null }

describe.each([
  ['this machine', real],
  ['one that lists no sockets', withoutList],
])('on %s', (_, machine) => {
  test('runs at the same time do not see each other', async () => {
    const ports = await Promise.all(Array.from({ length: 20 }, freePort))
    const lines = ports.map(
      (port, index) => `V${index}_HOST_PORT=${port}\nW${index}_HOST_PORT=127.0.0.1:${port}\n`,
    )
    const workspace = makeWorkspace({ 'products/shop/.env': lines.join('') })
    const check = () => product('check --live --format json', workspace, { machine })
    for (const { stdout } of await Promise.all([check(), check(), check()]))
      expect((JSON.parse(stdout) as { held: unknown[] }).held).toEqual([])
  })

  test('a listener is seen', async () => {
    const port = await listenTcp({ host: '127.0.0.1' })
    const workspace = makeWorkspace({ 'products/shop/.env': `WEB_HOST_PORT=${port}\n` })
    const { stdout } = await product('check --live', workspace, { machine })
    const who =
      machine === withoutList
        ? 'a process that this system does not identify [held]\n'
        : `node (pid ${process.pid}: `
    expect(stdout).toContain(`in use by ${who}`)
  })
})
