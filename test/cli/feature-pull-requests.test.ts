/** The commands for CI in docs/feature-authors.md and .pre-commit-hooks.yaml are valid, and pass on the demo workspace. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { pagePath, readPage } from '../docs/pages.js'
import { feature, product } from '../support/cli.js'
import { demoWorkspace } from '../support/workspace.js'

interface Hook {
  readonly id: string
  readonly entry: string
  readonly files: string
  readonly language: string
  readonly pass_filenames: boolean
}

const HOOKS = parse(readFileSync(pagePath('.pre-commit-hooks.yaml'), 'utf8')) as readonly Hook[]
const BLOCKS = [...readPage('docs/feature-authors.md').matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(
  ([, text]) => parse(text as string) as Record<string, unknown>,
)
const BINS = Object.keys((JSON.parse(readFileSync(pagePath('package.json'), 'utf8')) as { bin: object }).bin)

/** `npx product check` → `product`, `check`. */
function split(command: string): [string, string] {
  const [, name = '', line = ''] = /^(?:npx (?:--no-install )?)?(\w+) (.*)$/.exec(command) ?? []
  return [name, line]
}

const local = (BLOCKS[1] as { repos: readonly { hooks: readonly Hook[] }[] }).repos.flatMap(
  ({ hooks }) => hooks,
)
const { jobs } = BLOCKS[0] as { jobs: { check: { steps: readonly { run?: string }[] } } }
const steps = jobs.check.steps.flatMap(({ run }) => (run === undefined || run === 'npm ci' ? [] : [run]))

test.each([...HOOKS, ...local].map(({ entry }) => entry).concat(steps))(
  '`%s` is right for the demo workspace',
  async (command) => {
    const [name, line] = split(command)
    expect(BINS).toContain(name)
    const workspace = demoWorkspace()
    await product('env --merge --all', workspace)
    const { exitCode, stderr } = await (name === 'feature' ? feature : product)(line, workspace)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  },
)

test('the workflow has a step for each of the three commands', () => {
  expect(steps.map((step) => split(step)[1].split(' ')[0])).toEqual(['lint', 'check', 'env'])
})

test.each([...HOOKS, ...local])(
  'the hook $id runs when something changes that it looks at',
  ({ files, id, pass_filenames }) => {
    const pattern = new RegExp(files)
    expect(pattern.test('features/redis/.env.example')).toBe(true)
    expect(pattern.test('products/shop/product.yaml')).toBe(id !== 'feature-lint')
    expect(pattern.test('src/features/x.ts')).toBe(false)
    expect(pass_filenames).toBe(false)
  },
)

test('the hooks of the docs are those of the repository', () => {
  const looks = ({ id, files }: Hook) => [id, files]
  expect(local.map(looks)).toEqual(HOOKS.slice(0, 2).map(looks))
})
