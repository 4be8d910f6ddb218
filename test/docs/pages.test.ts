/**
 * The docs show the output of real runs: every `console` block of a page is run again, in order, and the page with
 * the new output has to equal the page. `npx vitest run test/docs -u` takes over new output.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as library from '../../src/index.js'
import { feature, product } from '../support/cli.js'
import { commitAll, git } from '../support/git.js'
import { demoWorkspace, makeFolder } from '../support/workspace.js'
import { pagePath, readPage } from './pages.js'

test.each([
  ['README.md', demoWorkspace],
  ['docs/getting-started.md', makeFolder],
  ['docs/env-format.md', demoWorkspace],
  ['docs/json.md', demoWorkspace],
  ['docs/ports.md', demoWorkspace],
  ['docs/proxy.md', demoWorkspace],
  ['docs/feature-authors.md', demoWorkspace],
])('%s shows the printed output', async (page, start) => {
  await expect(await rerun(readPage(page), start().root)).toMatchFileSnapshot(pagePath(page))
})

test('README.md and docs/copies.md show what a merge in a worktree prints and writes', async () => {
  const [compose = ''] = /services:[\s\S]*?(?=```)/.exec(readPage('docs/copies.md')) ?? []
  const folder = makeFolder()
  folder.write({ 'shop/compose.yaml': compose })
  commitAll(folder.path('shop'))
  git(folder.path('shop'), 'worktree', 'add', '../blue')
  const { stdout } = await product('env --merge', folder.path('blue'))
  const override = folder.read('blue/compose.override.yaml') ?? ''
  const shown = (page: string) =>
    page
      .replace(/```text\n[\s\S]*?```/, () => `\`\`\`text\n${stdout}\`\`\``)
      .replace(/```yaml\n# >>>[\s\S]*?```/, () => `\`\`\`yaml\n${override}\`\`\``)
  for (const page of ['README.md', 'docs/copies.md']) {
    await expect(shown(readPage(page))).toMatchFileSnapshot(pagePath(page))
  }
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

test('the pages name and link only files and headings that exist', () => {
  const docs = readdirSync(pagePath('docs')).filter((name) => name.endsWith('.md'))
  const pages = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', ...docs.map((name) => `docs/${name}`)]
  const broken = pages.flatMap((page) => {
    const text = readPage(page)
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)].filter(
      ([, file = '', heading]) => {
        const target = file === '' ? page : join(page, '..', file)
        if (!existsSync(pagePath(target))) return true
        return heading !== undefined && !headingsOf(readPage(target)).includes(heading)
      },
    )
    const paths = [...text.matchAll(/`((?:src|test|bench|scripts|\.ci)\/[\w./-]+)`/g)].filter(
      ([, path]) => !existsSync(pagePath(path as string)),
    )
    return [...links, ...paths].map(([found]) => `${page}: ${found}`)
  })
  expect(broken).toEqual([])
})

test('every --help names a page that exists', async () => {
  const helps = [
    ...[
      'env',
      'list',
      'ports',
      'port',
      'whois',
      'check',
      'compose',
      'proxy',
      'init',
      'new',
      'add',
      'remove',
      'page',
      'completion',
    ].map((name) => product(`${name} --help`, '/')),
    ...['list', 'new', 'lint'].map((name) => feature(`${name} --help`, '/')),
  ]
  for (const { stdout } of await Promise.all(helps)) {
    const [, page = ''] = /^Docs: (docs\/\S+\.md)$/m.exec(stdout) ?? []
    expect(existsSync(pagePath(page)) && page, stdout).toBeTruthy()
  }
})

/** Returns the anchors that GitHub gives the headings of a page. */
function headingsOf(page: string): string[] {
  return [...page.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  )
}

const BLOCK = /^```console\n([\s\S]*?)^```$/gm

/** Returns the page with the output that its commands print, from `start` on and after each `cd`. */
async function rerun(page: string, start: string): Promise<string> {
  let folder = start
  let text = ''
  let at = 0
  for (const { index, 0: block, 1: body = '' } of page.matchAll(BLOCK)) {
    text += `${page.slice(at, index)}${'```'}console\n`
    for (const command of body.match(/^\$ .*$/gm) ?? []) {
      text += `${command}\n`
      const target = /^\$ cd (.*)$/.exec(command)?.[1]
      if (target === undefined) text += await run(folder, command.slice(2))
      else folder = join(folder, target)
    }
    text += '```'
    at = index + block.length
  }
  return text + page.slice(at)
}

const COMMAND = /^(?<name>product|feature) (?<line>.*?)(?<code>; echo "exit \$\?")?$/

async function run(folder: string, command: string): Promise<string> {
  const { name, line, code } = COMMAND.exec(command)?.groups ?? {}
  if (line !== undefined) {
    const { stdout, stderr, exitCode } = await (name === 'feature' ? feature : product)(line, folder)
    return `${stdout}${stderr}${code === undefined ? '' : `exit ${exitCode}\n`}`
  }
  const { stdout, stderr, status } = spawnSync('bash', ['-c', command], { cwd: folder, encoding: 'utf8' })
  expect(status, `${command}: ${stderr}`).toBe(0)
  return stdout
}
