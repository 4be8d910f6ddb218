/**
 * The output that the docs show is that of a real run: every `console` block is run again, in order, on a copy of
 * the demo workspace, and the page with the output of today has to be the page as it stands. To take over new
 * wording: `npx vitest run test/docs -u`.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as library from '../../src/index.js'
import { feature, product } from '../support/cli.js'
import { demoWorkspace, type TestWorkspace } from '../support/workspace.js'
import { pagePath, readPage } from './pages.js'

test.each([
  'README.md',
  'docs/env-format.md',
  'docs/json.md',
  'docs/ports.md',
  'docs/feature-authors.md',
  'docs/pull-requests.md',
])('%s shows what is printed', async (page) => {
  const rendered = await withOutputOfToday(readPage(page), demoWorkspace())
  await expect(rendered).toMatchFileSnapshot(pagePath(page))
})

test('the library example of README.md works', async () => {
  const example = /```js\n([\s\S]*?)```/.exec(readPage('README.md'))?.[1] ?? ''
  const body = example.replace(/^import (\{.*\}) from 'product-env'$/m, 'const $1 = library')
  const lines: unknown[][] = []
  const { root } = demoWorkspace()
  const run = new Function('library', 'console', 'process', `return (async () => {${body}})()`)
  await run(library, { log: (...line: unknown[]) => lines.push(line) }, { cwd: () => root })
  expect(lines).toContainEqual(['REDIS_HOST_PORT', 'adjusted', 6971])
})

test('README.md and the docs name and link files that are there', () => {
  const docs = readdirSync(pagePath('docs')).filter((name) => name.endsWith('.md'))
  const gone = ['README.md', 'CHANGELOG.md', ...docs.map((name) => `docs/${name}`)].flatMap((page) => {
    const text = readPage(page)
    const links = text.matchAll(/\]\((?!https?:)([^)#]+)/g)
    const sources = text.matchAll(/`((?:src|test|scripts|\.ci)\/[\w./-]+)`/g)
    const named = [
      ...[...links].map(([, link]) => join(page, '..', link as string)),
      ...[...sources].map(([, path]) => path as string),
    ]
    return named.filter((path) => !existsSync(pagePath(path))).map((path) => `${page}: ${path}`)
  })
  expect(gone).toEqual([])
})

/** A fenced block, with the comment that may stand above it. */
const BLOCK =
  /(?:^<!-- (?<what>file|result of `product (?<merge>[^`]*)`): (?<file>\S+) -->\n)?^```(?<kind>console|dotenv)\n(?<body>[\s\S]*?)^```$/gm

async function withOutputOfToday(page: string, workspace: TestWorkspace): Promise<string> {
  let text = ''
  let at = 0
  for (const match of page.matchAll(BLOCK)) {
    const { what, merge, file = '', kind, body = '' } = match.groups as Record<string, string | undefined>
    const end = match.index + match[0].length - '```'.length
    text += page.slice(at, end - body.length)
    at = end
    if (kind === 'console') text += await transcript(workspace, body)
    else if (what === undefined) text += body
    else if (what === 'file') {
      workspace.write({ [file]: body })
      text += body
    } else {
      await product(merge as string, workspace)
      text += workspace.read(file)
    }
  }
  return text + page.slice(at)
}

/** The commands of a block with what they print now. */
async function transcript(workspace: TestWorkspace, block: string): Promise<string> {
  let text = ''
  for (const command of block.match(/^\$ .*$/gm) ?? [])
    text += `${command}\n${await run(workspace, command.slice(2))}`
  return text
}

const COMMAND = /^(?<name>product|feature) (?<line>.*?)(?<code>; echo "exit \$\?")?$/

async function run({ root }: TestWorkspace, command: string): Promise<string> {
  const { name, line, code } = COMMAND.exec(command)?.groups ?? {}
  if (line !== undefined) {
    const { stdout, stderr, exitCode } = await (name === 'feature' ? feature : product)(line, root)
    return `${stdout}${stderr}${code === undefined ? '' : `exit ${exitCode}\n`}`
  }
  const { stdout, stderr, status } = spawnSync('bash', ['-c', command], { cwd: root, encoding: 'utf8' })
  expect(status, `${command}: ${stderr}`).toBe(0)
  return stdout
}
