/** Asks the real Docker Compose whether a copy is what was planned. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { toBuffer } from '../env/bytes.js'
import type { ComposeAnswer } from '../live/compose.js'
import type { Machine } from '../live/machine.js'
import { type Problem, problem } from '../problem.js'
import type { Workspace } from '../workspace/workspace.js'
import type { PlannedCopy } from './copy.js'

/** The first release that reads `!override` in a file over an include (measured; 2.24.0 to 2.24.3 do not). */
const LEAST = [2, 24, 4]

/** Returns a problem if no Compose is installed that can read an override of a copy. */
export async function composeProblem(machine: Machine, root: string): Promise<Problem | null> {
  const answer = await machine.compose(['version', '--short'], root)
  if (answer === null) {
    const next = 'Install Docker Compose, or merge without --verify.'
    return problem('no-compose', {}, 'Docker Compose is not installed, so the copy cannot be verified', next)
  }
  const version = answer.stdout.trim().replace(/^v/, '')
  const numbers = version.split(/[.-]/).map(Number)
  const difference = LEAST.map((least, index) => (numbers[index] ?? 0) - least).find((each) => each !== 0)
  if (!answer.isSuccess || (difference ?? 0) >= 0) return null
  const message = `Docker Compose ${version} is older than ${LEAST.join('.')}, so it does not read the override of a copy correctly`
  return problem('old-compose', {}, message, 'Update Docker Compose before you start the copy.')
}

const ALL_PROFILES = ['--profile', '*']

/** Compares the written copy with the original, both read by Compose: they may differ only where the copy was planned to. */
export async function verifyCopy(
  workspace: Workspace,
  copy: PlannedCopy,
  machine: Machine,
): Promise<Problem[]> {
  const { root } = workspace
  const { files, directory, env, edits, folder } = copy.proof
  const temp = mkdtempSync(join(tmpdir(), 'product-env-'))
  try {
    const envFile = join(temp, 'env')
    writeFileSync(envFile, toBuffer(env), { mode: 0o600 })
    const named = files.flatMap((file) => ['-f', resolve(root, file)])
    const original = [
      '--project-directory',
      resolve(root, directory),
      ...named,
      '--env-file',
      envFile,
      '-p',
      copy.project,
    ]
    const own = copy.options
    const cwd = resolve(root, folder)
    const config = async (args: readonly string[], profiles: readonly string[]) =>
      machine.compose([...args, ...profiles, 'config', '--format', 'json'], cwd)
    const paths = edits.map(({ path }) => path)
    // Profiles that exclude each other are refused together, so each is read alone.
    const all = await config(original, ALL_PROFILES)
    const runs = all?.isSuccess ? [ALL_PROFILES] : [[], ...(await profilesOf(machine, original, cwd))]
    for (const profiles of runs) {
      const before = profiles === ALL_PROFILES ? all : await config(original, profiles)
      const after = await config(own, profiles)
      if (before === null || after === null) continue
      const why = mismatch(before, after, paths)
      if (why === null) continue
      const next = 'The generated files were taken back. Please report this with the Compose files.'
      return [problem('proof-failed', { file: copy.override ?? copy.envFile }, why, next)]
    }
    return []
  } finally {
    rmSync(temp, { recursive: true, force: true })
  }
}

async function profilesOf(machine: Machine, args: readonly string[], cwd: string): Promise<string[][]> {
  const answer = await machine.compose([...args, 'config', '--profiles'], cwd)
  return (answer?.stdout ?? '').split('\n').flatMap((name) => (name === '' ? [] : [['--profile', name]]))
}

function mismatch(
  before: ComposeAnswer,
  after: ComposeAnswer,
  paths: readonly (readonly string[])[],
): string | null {
  const lastLine = ({ stderr }: ComposeAnswer) => stderr.trim().split('\n').at(-1)
  if (!before.isSuccess) return `Docker Compose refuses the original: ${lastLine(before)}`
  if (!after.isSuccess) return `Docker Compose refuses the copy: ${lastLine(after)}`
  const places = differences(JSON.parse(before.stdout), JSON.parse(after.stdout), [], paths)
  return places.length === 0
    ? null
    : `Docker Compose reads the copy otherwise than planned in ${places[0]?.join('.')}`
}

/** The places in which two models differ, but for those that are planned to. */
function differences(
  one: unknown,
  two: unknown,
  path: readonly string[],
  planned: readonly (readonly string[])[],
): (readonly string[])[] {
  const reaching = planned.filter((each) =>
    each.every((key, index) => index >= path.length || key === path[index]),
  )
  // COMPOSE_* of the env file reach services that name it as their `env_file`.
  if (reaching.some((each) => each.length <= path.length) || /^COMPOSE_/.test(path.at(-1) ?? '')) return []
  const [left, right] = [keyed(one, path), keyed(two, path)]
  if (left === null || right === null) return one === two || reaching.length > 0 ? [] : [path]
  const keys = new Set([...Object.keys(left), ...Object.keys(right)])
  return [...keys].flatMap((key) => differences(left[key], right[key], [...path, key], reaching))
}

/** A mapping, or a list by its indexes; mounts by their targets, as edits name them. */
function keyed(value: unknown, path: readonly string[]): Record<string, unknown> | null {
  if (value === null || typeof value !== 'object') return null
  const isMounts =
    Array.isArray(value) && path.length === 3 && path[0] === 'services' && path[2] === 'volumes'
  return isMounts ? Object.fromEntries(value.map((each) => [each.target, each])) : { ...value }
}
