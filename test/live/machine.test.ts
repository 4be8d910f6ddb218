import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { thisMachine } from '../../src/live/machine.js'
import { freePort, listenTcp, temporaryFolder } from './support.js'

const machine = thisMachine({})

describe('a path', () => {
  test('leads to its folder, by a link, too', () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'a'))
    symlinkSync('a', join(folder, 'link'))
    expect(machine.realPath(join(folder, 'link'))).toBe(machine.realPath(join(folder, 'a')))
    expect(machine.realPath(join(folder, 'a'))).not.toBeNull()
  })
  test('leads nowhere if nothing is there', () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'file'), '')
    expect(machine.realPath(join(folder, 'gone'))).toBeNull()
    expect(machine.realPath(join(folder, 'file/gone'))).toBeNull()
  })
  test('that cannot be followed may lead somewhere', () => {
    const loop = join(temporaryFolder(), 'loop')
    symlinkSync('loop', loop)
    expect(machine.realPath(loop)).toBe(loop)
  })
})

test.runIf(process.platform === 'linux')('the sockets are those of this process, too', async () => {
  const port = await listenTcp({ host: '127.0.0.1' })
  const socket = machine.sockets()?.find((each) => each.port === port)
  expect(socket).toMatchObject({ uid: machine.uid, listening: true })
  expect(machine.holders([socket!]).get(socket!.inode)?.pid).toBe(process.pid)
})

test('a port that is free can be bound', async () => {
  expect((await machine.bind('tcp', '', await freePort())).outcome).toBe('free')
})
