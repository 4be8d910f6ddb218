/** New features as the real Docker Compose sees them: it accepts them, publishes shifted ports, and keeps two products apart. */
import { expect, test } from 'vitest'
import { feature, product } from '../support/cli.js'
import { composeConfig, composeMissing, requireOrSkip } from '../support/compose.js'
import { demoWorkspace } from '../support/workspace.js'

interface Config {
  readonly name: string
  readonly services: Readonly<
    Record<
      string,
      {
        readonly image: string
        readonly container_name?: string
        readonly ports: readonly { readonly published: string; readonly target: number }[]
        readonly environment?: Readonly<Record<string, string>>
        readonly volumes?: readonly { readonly source: string }[]
      }
    >
  >
  readonly volumes?: Readonly<Record<string, { readonly name: string }>>
}

/** Names and images with what is odd about each. */
const FEATURES: readonly [name: string, options: string][] = [
  ['my-cache', '--image redis:7'],
  ['db', '--image postgres:17'],
  ['mysql', ''],
  ['queue', '--image rabbitmq:4'],
  ['search', '--image elasticsearch:8.17.0'],
  ['store', '--image minio/minio:RELEASE.2025-04-22T22-12-26Z'],
  ['www', '--image registry.example.org:5000/team/www:1.2 --container-port 8443'],
  ['page', '--image nginx@sha256:0123456789012345678901234567890123456789012345678901234567890123'],
  // What YAML would take for a truth value, a number and a float.
  ['yes', '--image redis:7'],
  ['123', '--image memcached'],
  ['1e3', ''],
  ['My.Feature_2', '--image mongo:8'],
  ['docker', '--image axllent/mailpit:v1.21'],
]

const PRODUCTS = { my_first_app: 591, my_second_app: 847 }

test.runIf(requireOrSkip('Docker Compose', composeMissing()))(
  'two products with all new features publish different ports, and share no name',
  async () => {
    const workspace = demoWorkspace()
    const bases = new Map<string, number>()
    for (const [name, options] of FEATURES) {
      const first = await feature(`new ${name} ${options} --add-to my_first_app`, workspace)
      expect(first).toMatchObject({ exitCode: 0, stderr: '' })
      bases.set(name, Number(/base port (\d+)/.exec(first.stdout)?.[1]))
    }
    // The second product gets them as a person would give them: by the same two lines in each file.
    const names = FEATURES.map(([name]) => name)
    const quoted = names.map((name) => JSON.stringify(name)).join(', ')
    const includes = names.map((name) => `  - ../../features/${name}/compose.yaml\n`).join('')
    const compose = workspace.read('products/my_second_app/compose.yaml') ?? ''
    workspace.write({
      'products/my_second_app/product.yaml': `features: [mailhog, redis, ${quoted}]\n`,
      'products/my_second_app/compose.yaml': compose.replace('\nservices:', `${includes}\nservices:`),
    })
    const published: string[] = []
    const volumes: string[] = []
    for (const [name, offset] of Object.entries(PRODUCTS)) {
      expect(await product(`env --merge ${name}`, workspace)).toMatchObject({ exitCode: 0, stderr: '' })
      const { code, stdout, stderr } = composeConfig(workspace.path(`products/${name}`), ['--format', 'json'])
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      const config = JSON.parse(stdout) as Config
      expect(config.name).toBe(name)
      for (const each of names) {
        const service = config.services[each]
        expect(service?.ports.map((port) => port.published)).toEqual([`${(bases.get(each) ?? 0) + offset}`])
        expect(service?.container_name).toBeUndefined()
      }
      expect(config.services['db']?.environment).toEqual({ POSTGRES_PASSWORD: 'change-me' })
      published.push(
        ...Object.values(config.services).flatMap(({ ports = [] }) => ports.map((port) => port.published)),
      )
      for (const volume of Object.values(config.volumes ?? {})) {
        expect(volume.name).toMatch(new RegExp(`^${name}_`))
        volumes.push(volume.name)
      }
    }
    expect(new Set(published).size).toBe(published.length)
    expect(new Set(volumes).size).toBe(volumes.length)
    expect(await product('check', workspace)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('0 collisions'),
    })
  },
)
