/** Real sockets on ports that the system picks, closed again when the test ends. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer, type ListenOptions } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import { onTestFinished } from 'vitest'

export const hasIPv6 = Object.values(networkInterfaces())
  .flat()
  .some((address) => address?.address === '::1')

export async function listenTcp(options: ListenOptions): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port: 0, ...options }, resolve)
  })
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())))
  return (server.address() as AddressInfo).port
}

export async function bindUdp(type: 'udp4' | 'udp6', address: string): Promise<number> {
  const socket = createSocket(type === 'udp6' ? { type, ipv6Only: true } : { type })
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.bind(0, address, resolve)
  })
  onTestFinished(() => new Promise<void>((resolve) => void socket.close(() => resolve())))
  return socket.address().port
}

/** A port that nobody has: it was had a moment ago, and systems do not hand one out again at once. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => void server.listen(0, resolve))
  const { port } = server.address() as AddressInfo
  await new Promise<void>((resolve) => void server.close(() => resolve()))
  return port
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'product-env-live-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A module of ours as one file of plain JavaScript, for a Node of its own. */
export function bundle(source: string, folder: string): string {
  const outfile = join(folder, 'bundle.mjs')
  const resolveDir = fileURLToPath(new URL('../../', import.meta.url))
  buildSync({
    stdin: { contents: source, resolveDir, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
  })
  return outfile
}

/** Starts a program, ends it with the test, and waits for its first line. */
export async function startProgram(
  command: string,
  args: readonly string[],
): Promise<{ child: ChildProcess; line: string }> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const line = await new Promise<string>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`${command} ended: ${code}`)))
    child.stdout.once('data', (chunk) => resolve(`${chunk}`.trim()))
  })
  return { child, line }
}
