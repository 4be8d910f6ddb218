// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is what Compose files look like
/** Which files and which name Compose takes for a product: what stands here was measured with Docker Compose 2.40.3. */
import { describe, expect, test } from 'vitest'
import { product } from '../support/cli.js'
import { makeWorkspace } from '../support/workspace.js'
import { ok } from './claims-support.js'

const WEB = (port: string) => `services:\n  web:\n    image: nginx\n    ports: ["${port}:80"]\n`

describe('the Compose file', () => {
  test.each([
    ['docker-compose.yml', 'docker-compose.yaml'],
    ['compose.yml', 'docker-compose.yml'],
    ['compose.yaml', 'compose.yml'],
  ])('is %s where %s is there, too', async (first, second) => {
    const files = { [`products/shop/${first}`]: WEB('1111'), [`products/shop/${second}`]: WEB('2222') }
    const { stdout, stderr } = await product('ports shop', makeWorkspace({ 'features/': '', ...files }))
    expect(stdout).toMatch(/ 1111 .*literal/)
    expect(stdout).not.toContain('2222')
    expect(stderr).toContain(`products/shop/${second}: warning: This file is not read`)
  })

  test('may be named by an absolute path', async () => {
    const workspace = makeWorkspace({ 'features/': '', 'products/shop/': '', 'elsewhere.yaml': WEB('1111') })
    workspace.write({ 'products/shop/.env': `COMPOSE_FILE=${workspace.path('elsewhere.yaml')}\n` })
    expect(await ok('ports shop', workspace)).toMatch(/ 1111 .*literal/)
  })

  test('has its variables named, and not their values, where a port is none', async () => {
    const files = { 'products/shop/.env': 'TOKEN=hunter2\n', 'products/shop/compose.yaml': WEB('${TOKEN}') }
    const { stdout, stderr } = await product('check', makeWorkspace({ 'features/': '', ...files }))
    expect(stderr).toContain('The host port is not valid (from ${TOKEN})')
    expect(stdout + stderr).not.toContain('hunter2')
  })
})

describe('the project', () => {
  const projects = async (files: Record<string, string>, ...commands: string[]) => {
    const workspace = makeWorkspace({ 'features/': '', ...files })
    for (const command of commands) await ok(command, workspace)
    const { products } = JSON.parse(await ok('list --json', workspace)) as { products: { project: string }[] }
    return products.map(({ project }) => project)
  }

  test('is called as Compose calls it after the folder', async () => {
    expect(await projects({ 'products/My.App/.env': 'A=1\n' })).toEqual(['myapp'])
  })

  test('is one of its own for each instance, also where the Compose file takes the name from a variable', async () => {
    const compose = 'name: ${APP}\nservices: {}\n'
    const files = {
      'products/a/.env': 'APP=first\n',
      'products/a/compose.yaml': compose,
      'products/b/.env': 'APP=second\n',
      'products/b/compose.yaml': compose,
    }
    const blue = 'env --merge --all --instance blue'
    expect(await projects(files, blue)).toEqual(['first', 'first-blue', 'second', 'second-blue'])
  })
})
