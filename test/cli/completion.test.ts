/** `product completion`: the words that fit at a place of the line. */
import { beforeAll, describe, expect, test } from 'vitest'
import { feature, product } from '../support/cli.js'
import { makeWorkspace } from '../support/workspace.js'

const workspace = makeWorkspace({
  'features/mailhog/': '',
  'features/redis/': '',
  'products/blog/.env.local': 'MINE=1\n',
  'products/shop/.env': '',
})
beforeAll(async () => {
  await product('env --merge shop --instance blue', workspace)
})

/** @param line up to the cursor, without the name of the program */
async function wordsAt(program: typeof product, line: string, where = workspace.root): Promise<string[]> {
  const ran = await program(['complete', '--', ...line.split(' ')], where, { env: { HOME: workspace.root } })
  expect(ran).toMatchObject({ exitCode: 0, stderr: '' })
  return ran.stdout.split('\n').flatMap((found) => found.split('\t')[0] || [])
}

const BOTH = ['blog', 'shop', 'shop@blue']

describe('completion', () => {
  test.each([
    ['compose ', BOTH],
    ['compose --print shop@', BOTH],
    ['run ', BOTH],
    ['port sh', BOTH],
    ['check ', BOTH],
    ['check shop@blue ', ['blog', 'shop']],
    ['ports --live --outcome pinned blog ', ['shop', 'shop@blue']],
    ['env --merge ', ['blog', 'shop']],
    ['env --merge -q shop ', []],
    ['env --instance ', ['blue']],
    ['env shop --instance=', ['--instance=blue']],
    ['env blog --instance ', []],
    ['env --format ', ['text', 'json']],
    ['check --format=g', ['--format=text', '--format=json', '--format=github']],
    ['ports --feature ', ['mailhog', 'redis']],
    ['add ', ['blog', 'shop']],
    ['add shop redis ', ['mailhog']],
    ['new ', []],
    ['new cart --features ', ['mailhog', 'redis']],
    ['new cart --features redis,m', ['redis,mailhog']],
    ['completion ', ['bash', 'zsh', 'fish']],
    ['compose --', ['--print', '--no-merge', '--help']],
    ['compose shop ', []],
    ['compose shop --', []],
    ['compose shop logs --print -C ', []],
    ['run shop npm --', []],
    ['-C ', []],
    ['-C nowhere check ', []],
    ['unknown --', []],
  ])('of `product %s`', async (line, words) => {
    expect(await wordsAt(product, line)).toEqual(words)
  })

  test.each([
    ['', ['list', 'new', 'lint', 'help']],
    ['lint ', ['mailhog', 'redis']],
    ['new cart --add-to ', ['blog', 'shop']],
  ])('of `feature %s`', async (line, words) => {
    expect(await wordsAt(feature, line)).toEqual(words)
  })

  test('has every command and option that the help shows', async () => {
    const shown = async (line: string, pattern: RegExp) =>
      [...(await product(`${line} --help`, '/')).stdout.matchAll(pattern)].map(([, word]) => word)
    const commands = await shown('', /^ {2}([a-z]+) /gm)
    expect(commands).toContain('completion')
    expect(await wordsAt(product, 'en')).toEqual(commands)
    for (const command of commands.filter((name) => name !== 'help'))
      expect(await wordsAt(product, `${command} -`)).toEqual(
        await shown(command as string, /^ {2}(?:-\w, )?(--[\w-]+)/gm),
      )
  })

  test('looks into the workspace that the line names', async () => {
    expect(await wordsAt(product, 'check ', '/')).toEqual([])
    for (const line of [`-C ${workspace.root} check `, `check -C ~ `, `check --workspace=${workspace.root} `])
      expect(await wordsAt(product, line, '/')).toEqual(BOTH)
    const env = { PRODUCT_WORKSPACE: workspace.root }
    expect((await product(['complete', '--', 'add', ''], '/', { env })).stdout).toBe('blog\nshop\n')
  })
})
