/**
 * Other versions of Node, from the packages of npm's registry that carry the binary. Each has about 100 MB, so
 * they are kept in the system's folder for temporary files, where the next run finds them.
 */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { run } from '../support/compose.js'
import { npm } from './pack.js'

/** A Node, or why there is none. */
export type NodeOrReason = { readonly path: string } | { readonly missing: string }

/**
 * A Node of some version.
 * @param wanted a major version, or `latest`
 */
export function findNode(wanted: string): NodeOrReason {
  if (process.versions.node.startsWith(`${wanted}.`)) return { path: process.execPath }
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  try {
    const version = wanted === 'latest' ? latestVersion(name) : wanted
    const folder = join(cacheFolder(), `${name}-${version}`)
    const path = join(folder, 'node_modules', name, 'bin', 'node')
    if (!existsSync(path)) download(`${name}@${version}`, folder)
    return { path }
  } catch (error) {
    return { missing: error instanceof Error ? error.message : String(error) }
  }
}

function latestVersion(name: string): string {
  return npm(tmpdir(), ['view', name, 'dist-tags.latest']).trim()
}

/** Only the user's own: programs are run from it. */
function cacheFolder(): string {
  const folder = join(tmpdir(), `product-env-nodes-${userInfo().uid}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { uid, mode } = statSync(folder)
  if (uid !== userInfo().uid || (mode & 0o022) !== 0) throw new Error(`${folder} is open to other users`)
  return folder
}

/** Downloads beside the place, and moves it there when it is complete and runs. */
function download(spec: string, folder: string): void {
  const draft = mkdtempSync(`${folder}-`)
  try {
    // The package's own script would only make a link.
    npm(draft, [
      'install',
      '--prefix',
      draft,
      '--prefer-offline',
      '--ignore-scripts',
      '--fetch-retries=1',
      '--no-audit',
      '--no-fund',
      spec,
    ])
    const [, name] = /^(.*)@/.exec(spec) as RegExpExecArray
    const { code, stderr } = run([join(draft, 'node_modules', name as string, 'bin', 'node'), '--version'])
    if (code !== 0) throw new Error(`${spec} does not run here: ${stderr}`)
    if (!existsSync(folder)) renameSync(draft, folder)
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}
