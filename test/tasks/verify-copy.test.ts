/** `--verify` by answers of Docker Compose that a test makes up; the real one is asked in test/copies. */
import { expect, test } from 'vitest'
import { product } from '../support/cli.js'
import { makeFolder, type TestWorkspace } from '../support/workspace.js'

const MODEL = {
  name: 'shop-blue',
  services: { web: { image: 'nginx', ports: [{ target: 80, published: '8080' }] } },
}

function shop(): TestWorkspace {
  const folder = makeFolder()
  folder.write({ 'shop/compose.yaml': 'services:\n  web:\n    image: nginx\n    ports: ["8080:80"]\n' })
  return folder
}

/** @param copy what Compose reads with the override; null if it refuses it */
function composeWith(copy: object | null, version = '2.40.3') {
  return (args: readonly string[]) => {
    if (args[0] === 'version') return { isSuccess: true, stdout: `${version}\n`, stderr: '' }
    const isCopy = !args.includes('--project-directory')
    if (isCopy && copy === null)
      return { isSuccess: false, stdout: '', stderr: 'time=…\nservice "web" is odd\n' }
    return { isSuccess: true, stdout: JSON.stringify(isCopy ? copy : MODEL), stderr: '' }
  }
}

const moved = { image: 'nginx', ports: [{ target: 80, published: '8500' }] }

test.each([
  ['is what was planned', { ...MODEL, services: { web: moved } }, null],
  [
    'has another image',
    { ...MODEL, services: { web: { ...moved, image: 'other' } } },
    'Docker Compose reads the copy otherwise than planned in services.web.image',
  ],
  [
    'has a service more',
    { ...MODEL, services: { web: moved, db: { image: 'x' } } },
    'Docker Compose reads the copy otherwise than planned in services.db',
  ],
  ['is refused', null, 'Docker Compose refuses the copy: service "web" is odd'],
])('a copy that %s', async (_, copy, message) => {
  const folder = shop()
  const machine = { compose: composeWith(copy) }
  const { exitCode, stderr } = await product('env --merge --as blue --verify', folder.path('shop'), {
    machine,
  })
  expect([exitCode, stderr.split('\n')[0]]).toEqual(
    message === null ? [0, ''] : [1, `compose.override.yaml: error: ${message} [proof-failed]`],
  )
  expect(folder.read('shop/compose.override.yaml') === null).toBe(message !== null)
})

test('a copy whose original Compose refuses is not verified', async () => {
  const folder = shop()
  const compose = (args: readonly string[]) =>
    args[0] === 'version'
      ? { isSuccess: true, stdout: '2.40.3\n', stderr: '' }
      : { isSuccess: false, stdout: '', stderr: 'no such file\n' }
  const { exitCode, stderr } = await product('env --merge --as blue --verify', folder.path('shop'), {
    machine: { compose },
  })
  expect([exitCode, stderr]).toEqual([
    1,
    expect.stringContaining('Docker Compose refuses the original: no such file'),
  ])
  expect(folder.read('shop/compose.override.yaml')).toBeNull()
})

test('needs Docker Compose', async () => {
  const folder = shop()
  const { exitCode, stderr } = await product('env --merge --as blue --verify', folder.path('shop'))
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('[no-compose]')])
  expect(folder.read('shop/compose.override.yaml')).toBeNull()
})

test('reads the original and the copy under each profile where profiles exclude each other', async () => {
  const asked: string[] = []
  const answer = composeWith({ ...MODEL, services: { web: moved } })
  const compose = (args: readonly string[]) => {
    const profile = args[args.indexOf('--profile') + 1]
    if (args.at(-1) === '--profiles') return { isSuccess: true, stdout: 'a\nb\n', stderr: '' }
    if (args.includes('config')) asked.push(args.includes('--profile') ? `${profile}` : '-')
    return profile === '*' ? { isSuccess: false, stdout: '', stderr: '' } : answer(args)
  }
  const { exitCode } = await product('env --merge --as blue --verify', shop().path('shop'), {
    machine: { compose },
  })
  expect([exitCode, asked]).toEqual([0, ['*', '-', '-', 'a', 'a', 'b', 'b']])
})
