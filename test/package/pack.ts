/** Packs the package as `npm publish` would, and installs the tarball into an empty folder. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Env, run } from '../support/compose.js'

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))

/** What of the repository no build needs, or what a build makes. */
const LEFT_OUT = ['.git', 'node_modules', 'dist', 'test', 'bench']

export interface Packed {
  /** The tarball. */
  readonly path: string
  /** What it holds, by code point. */
  readonly files: readonly string[]
  /** In bytes, unpacked. */
  readonly size: number
}

/** Builds and packs a copy of the repository, so that the `dist/` which other tests use stays as it is. */
export function pack(): Packed {
  const copy = mkdtempSync(join(tmpdir(), 'product-env-pack-'))
  cpSync(REPOSITORY, copy, {
    recursive: true,
    filter: (path) => !LEFT_OUT.includes(basename(path)),
  })
  symlinkSync(join(REPOSITORY, 'node_modules'), join(copy, 'node_modules'))
  const said = npm(copy, ['pack', '--json'])
  const [{ filename, files, unpackedSize }] = JSON.parse(said.slice(said.indexOf('[')))
  const paths = (files as { path: string }[]).map(({ path }) => path).sort()
  return { path: join(copy, filename), files: paths, size: unpackedSize }
}

/** An empty folder with the tarball installed, and beside it a copy of the demo workspace. */
export function install(tarball: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'product-env-install-'))
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
  npm(folder, ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball])
  copyDemo(folder)
  return folder
}

/** Copies the demo workspace, without what merges have made in it. */
export function copyDemo(folder: string): void {
  for (const part of ['features', 'products']) {
    cpSync(join(REPOSITORY, part), join(folder, part), {
      recursive: true,
      filter: (path) => !/^\.env(?!.*example$)/.test(basename(path)),
    })
  }
}

/** The files of a folder by code point, subfolders not included. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder).sort()
}

export function readEnv(folder: string, product: string): string {
  return readFileSync(join(folder, 'products', product, '.env'), 'utf8')
}

/** Runs npm with the settings that the developer has given it, in the environment too. @throws with what it said */
export function npm(cwd: string, args: readonly string[]): string {
  // Under `npm test` the environment also tells of this very package.
  const inherited = Object.entries(process.env).filter(([name]) => !/^npm_(package|lifecycle)_/.test(name))
  const env = Object.fromEntries(inherited) as Env
  const { code, stdout, stderr } = run(['npm', ...args], { cwd, env, timeoutMs: 300_000 })
  if (code !== 0) throw new Error(`npm ${args.join(' ')} ended with ${code}:\n${stderr}`)
  return stdout
}
