/** `product completion` in real shells, installed by the lines of the docs. */
import { spawnSync } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { readPage } from '../docs/pages.js'
import { buildProduct } from '../support/bin.js'
import { product } from '../support/cli.js'
import { requireOrSkip, run } from '../support/compose.js'
import { makeFolder, makeWorkspace } from '../support/workspace.js'

const workspace = makeWorkspace({ 'products/blog/': '', 'products/shop/': '' })
const home = makeFolder()
const env = { PATH: `${home.root}:${process.env['PATH']}`, HOME: home.root, TERM: 'dumb' }

/** Completes as `product` does, and prints the arguments of every other command. */
const STAND_IN = `#!/bin/sh
case $1 in complete|completion) exec '${process.execPath}' "$HOME/product.cjs" "$@" ;; esac
printf '<%s>' "$@"
echo
`

beforeAll(async () => {
  await product('env --merge shop --instance blue', workspace)
  await buildProduct(home.path('product.cjs'))
  // With the second folder, fish does not read all manual pages first.
  const folders = { '.config/fish/conf.d/': '', '.local/share/fish/generated_completions/': '' }
  home.write({ product: STAND_IN, ...folders })
  chmodSync(home.path('product'), 0o755)
})

function missing(shell: string): string | null {
  if (run(['script', '-qec', 'true', '/dev/null']).code !== 0) return 'no `script` of util-linux found'
  const install = 'on Debian: scripts/install-shells.sh'
  return run(['which', shell]).code === 0 ? null : `no ${shell} found (${install})`
}

/** Keys, tabs included. */
const TYPED = [
  'product wh\t80',
  'product check sh\t bl\t',
  'product check shop@\t',
  'product env --ins\tb\t bl\t',
  'product env --format=j\t',
  'product -C prod\t --version',
  'product compose blog --no-m\t',
  'exit',
]

/** What `product` then gets. */
const GIVEN = [
  '<whois><80>',
  '<check><shop><blog>',
  '<check><shop@blue>',
  '<env><--instance><blue><blog>',
  '<env><--format=json>',
  expect.stringMatching(/^<-C><products\/?><--version>$/),
  '<compose><blog><--no-m>',
]

test.each(['bash', 'zsh', 'fish'])('%s completes what is typed', (shell) => {
  if (!requireOrSkip(shell, missing(shell))) return
  const install = new RegExp(`^product completion ${shell} >.*$`, 'm').exec(readPage('docs/commands.md'))
  expect(run(['sh', '-c', install?.[0] ?? 'false'], { env })).toEqual({ code: 0, stdout: '', stderr: '' })
  const input = TYPED.map((line) => `${line}\n`).join('')
  const options = { cwd: workspace.root, env, input, encoding: 'utf8', timeout: 50_000 } as const
  // In a terminal, since only there a shell completes.
  const { stdout } = spawnSync('script', ['-qec', `${shell} -i`, '/dev/null'], options)
  expect(stdout.match(/(?:<[^<>\n]*>)+(?=\r*\n)/g), stdout).toEqual(GIVEN)
})
