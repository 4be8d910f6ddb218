import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Holder, holdersOf } from '../../src/live/holder.js'
import { readSockets, type Socket } from '../../src/live/sockets.js'
import { run } from '../support/compose.js'
import { bindUdp, bundle, listenTcp, startProgram, temporaryFolder } from './support.js'

interface Process {
  readonly comm?: string
  readonly exe?: string
  readonly cgroup?: string
  readonly cmdline?: string
  /** Where its open files lead; undefined if they are closed to us. */
  readonly fd?: readonly string[]
}

/** A folder like /proc with these processes, by id. */
function procOf(processes: Readonly<Record<string, Process>>): string {
  const proc = temporaryFolder()
  writeFileSync(join(proc, 'uptime'), '1 1')
  for (const [pid, { exe, fd, ...texts }] of Object.entries(processes)) {
    const folder = join(proc, pid)
    mkdirSync(folder)
    for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text)
    if (exe !== undefined) symlinkSync(exe, join(folder, 'exe'))
    if (fd !== undefined) mkdirSync(join(folder, 'fd'))
    for (const [index, target] of (fd ?? []).entries()) symlinkSync(target, join(folder, 'fd', `${index}`))
  }
  return proc
}

const SOCKET: Socket = { protocol: 'tcp', address: '0.0.0.0', port: 80, listening: true, uid: 0, inode: 77 }
const FD = ['/dev/null', 'socket:[77]']
const ID = '0123456789abcdef'.repeat(4)

/** Who has the socket. */
function holderIn(
  processes: Readonly<Record<string, Process>>,
  socket: Partial<Socket> = {},
): Holder | undefined {
  return holdersOf([{ ...SOCKET, ...socket }], procOf(processes)).get(77)
}

describe('the holder of a socket', () => {
  test('is the process that has it open', () => {
    const processes = { 8: { comm: 'sh\n', fd: ['socket:[7]'] }, 9: { comm: 'redis server\n', fd: FD } }
    expect(holderIn(processes)).toEqual({
      pid: 9,
      name: 'redis server',
      command: null,
      container: null,
    })
  })
  test('is shown with its command line', () => {
    expect(holderIn({ 9: { cmdline: 'python3\0-m\0http.server\0\0', fd: FD } })?.command).toBe(
      'python3 -m http.server',
    )
  })
  test.each([
    ['redis-server *:6379', 'redis-server *:6379'],
    ['a --password=x --port=1', 'a --password=******** --port=1'],
    ['a --token x b', 'a --token ******** b'],
    ['a --token --quiet', 'a --token --quiet'],
    ['a -Dapi.secret=x', 'a -Dapi.secret=********'],
    ['a --api-key=x', 'a --api-key=********'],
    ['env DB_PASS=x a', 'env DB_PASS=******** a'],
    ['sh -c a\u00a0--port\u00a080\u00a0--password\u00a0x\u00a0b', 'sh -c a --port 80 --password ******** b'],
    ['a --token x\u00a0y', 'a --token ********'],
  ])('and runs %j as %j', (line, command) => {
    // A space within a word is written as \u00a0.
    const cmdline = `${line.replaceAll(' ', '\0').replaceAll('\u00a0', ' ')}\0`
    expect(holderIn({ 9: { cmdline, fd: FD } })?.command).toBe(command)
  })
  test('is nobody where no process may be looked into', () => {
    expect(holderIn({ 8: { comm: 'redis\n' } })).toBeUndefined()
  })
  test.each([
    ['the oldest', [9, 10, 100], 9],
    ['not the first process of the system, which keeps copies', [1, 8], 8],
    ['the first process, if it is alone', [1], 1],
  ])('is, of several, %s', (_, pids, pid) => {
    expect(holderIn(Object.fromEntries(pids.map((each) => [each, { fd: FD }])))?.pid).toBe(pid)
  })
  test.each([
    ['MainThread\n', '/usr/bin/node', 'node'],
    ['MainThread\n', undefined, 'MainThread'],
    ['redis\n', '/usr/bin/node', 'redis'],
  ])('called %j of %j is shown as %j', (comm, exe, name) => {
    expect(holderIn({ 9: { comm, fd: FD, ...(exe && { exe }) } })?.name).toBe(name)
  })
})

describe('the container of a process', () => {
  test.each([
    [`0::/system.slice/docker-${ID}.scope\n`, ID],
    [`12:pids:/docker/${ID}\n11:cpu:/docker/${ID}\n`, ID],
    [`0::/../docker/${ID}/init\n`, ID],
    [`0::/user.slice/user-1000.slice/docker-${ID}.scope\n`, ID],
    ['0::/user.slice/session-1.scope\n', null],
    ['0::/docker/0123\n', null],
    ['', null],
  ])('of cgroup %j is %j', (cgroup, container) => {
    expect(holderIn({ 9: { cgroup, fd: FD } })?.container).toBe(container)
  })
  test('is not told if it is the one that we run in ourselves', () => {
    const cgroup = `0::/docker/${ID}\n`
    expect(holderIn({ self: { cgroup }, 9: { cgroup, fd: FD } })?.container).toBeNull()
    expect(holderIn({ self: { cgroup: '0::/\n' }, 9: { cgroup, fd: FD } })?.container).toBe(ID)
  })
})

describe('docker-proxy, whose files only root may look at', () => {
  const words = ['docker-proxy', '-proto', 'tcp', '-host-ip', '0.0.0.0', '-host-port', '80', '']
  const cmdline = words.join('\0')
  const proxy = { 9: { comm: 'docker-proxy\n', cmdline } }
  test('has the port of its arguments', () => {
    expect(holderIn(proxy)).toMatchObject({ pid: 9, name: 'docker-proxy', container: null })
  })
  test.each<[string, Partial<Socket>]>([
    ['other port', { port: 81 }],
    ['port of another protocol', { protocol: 'udp' }],
    ['connection', { listening: false }],
  ])('has no %s', (_, socket) => {
    expect(holderIn(proxy, socket)).toBeUndefined()
  })
  test('has nothing without arguments', () => {
    expect(holderIn({ 9: { comm: 'docker-proxy\n' } })).toBeUndefined()
  })
  test('is the only process that is known by its arguments', () => {
    expect(holderIn({ 9: { comm: 'sh\n', cmdline } })).toBeUndefined()
  })
})

describe.runIf(process.platform === 'linux')('on this machine', () => {
  const holderOf = (port: number) => {
    const sockets = (readSockets() ?? []).filter((socket) => socket.listening && socket.port === port)
    expect(sockets).toHaveLength(1)
    return holdersOf(sockets).get(sockets[0]!.inode)
  }
  test('a listener is ours', async () => {
    expect(holderOf(await listenTcp({ host: '127.0.0.1' }))).toMatchObject({
      pid: process.pid,
      container: null,
    })
  })
  test('a udp socket is ours', async () => {
    expect(holderOf(await bindUdp('udp4', '127.0.0.1'))?.pid).toBe(process.pid)
  })
  test('another process is named as ps names it', async () => {
    const script = `require('net').createServer().listen(0, '127.0.0.1', function () { console.log(this.address().port) })`
    const { child, line } = await startProgram(process.execPath, ['-e', script])
    expect(holderOf(Number(line))).toMatchObject({ pid: child.pid, name: 'node' })
  })
  test('no socket has no holder', () => {
    expect(holdersOf([]).size).toBe(0)
  })
  test.runIf(process.getuid?.() === 0)('a process of another user is not looked into', async () => {
    const port = await listenTcp({ host: '127.0.0.1' })
    const folder = temporaryFolder()
    const file = bundle(
      `
        import { PortInspector } from './src/live/inspector.js'
        import { thisMachine } from './src/live/machine.js'
        process.setgroups([])
        process.setgid(65534)
        process.setuid(65534)
        const wanted = { protocol: 'tcp', address: '', from: ${port}, to: ${port}, stack: null }
        const [state] = await new PortInspector(thisMachine({})).runsOf(wanted)
        console.log(state.text)
      `,
      folder,
    )
    chmodSync(folder, 0o755)
    const { stdout } = run([process.execPath, file])
    expect(stdout).toBe('in use by a process of another user (uid 0)\n')
  })
})
