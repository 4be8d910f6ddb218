/** The JSON Schemas that editors use, and the checker that uses the same definition. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { readSettings } from '../../src/workspace/read-settings.js'
import type { Schema } from '../../src/workspace/schema.js'
import { FEATURE_SCHEMA, PRODUCT_SCHEMA, WORKSPACE_SCHEMA } from '../../src/workspace/settings.js'

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url))
const SCHEMAS = {
  'product.schema.json': PRODUCT_SCHEMA,
  'feature.schema.json': FEATURE_SCHEMA,
  'workspace.schema.json': WORKSPACE_SCHEMA,
}

test('the files are what the code defines', () => {
  // Its exit code says it; what it prints goes to the developer.
  execFileSync(process.execPath, ['scripts/schemas.mjs', '--check'], { cwd: REPOSITORY, stdio: 'inherit' })
})

describe.each(Object.entries(SCHEMAS))('%s', (file, defined) => {
  const schema = JSON.parse(readFileSync(join(REPOSITORY, 'schemas', file), 'utf8')) as Schema & {
    $schema: string
  }

  test('says which draft it is, and is the definition', () => {
    const { $schema, ...rest } = schema
    expect($schema).toBe('http://json-schema.org/draft-07/schema#')
    expect(rest).toEqual(defined)
  })

  test('describes every key, for the editor to show', () => {
    const walk = (each: Schema): Schema[] => [
      each,
      ...Object.values(each.properties ?? {}).flatMap(walk),
      ...(each.additionalProperties ? walk(each.additionalProperties) : []),
    ]
    for (const property of walk(schema).flatMap(({ properties = {} }) => Object.values(properties))) {
      expect(property.description).toMatch(/\.$/)
    }
  })
})

test.each(
  Object.values(SCHEMAS).flatMap((schema) =>
    Object.keys(schema.properties ?? {}).map((key) => ({ schema, key })),
  ),
)('the next step shows $key as it is read', async ({ schema, key }) => {
  const { problems } = await readSettings(`${key}: ~\n`, 'x.yaml', schema)
  const [, example = ''] = /^Write it like this: (.*)$/.exec(problems[0]?.next ?? '') ?? []
  expect(example).toMatch(new RegExp(`^${key}: .`))
  expect((await readSettings(example, 'x.yaml', schema)).problems).toEqual([])
})

describe('every product.yaml and workspace.yaml of the demo', () => {
  const files = [
    'workspace.yaml',
    ...readdirSync(join(REPOSITORY, 'products')).map((name) => `products/${name}/product.yaml`),
  ].filter((file) => existsSync(join(REPOSITORY, file)))

  test.each(files)('%s names its schema in the first line, and fits it', async (file) => {
    const text = readFileSync(join(REPOSITORY, file), 'utf8')
    const [, path = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text) ?? []
    const kind = file.endsWith('workspace.yaml') ? 'workspace' : 'product'
    expect(resolve(REPOSITORY, dirname(file), path)).toBe(join(REPOSITORY, `schemas/${kind}.schema.json`))
    expect((await readSettings(text, file, SCHEMAS[`${kind}.schema.json`])).problems).toEqual([])
  })
})

describe('product.yaml', () => {
  const fits = async (text: string) =>
    (await readSettings(text, 'product.yaml', PRODUCT_SCHEMA)).problems.map(
      ({ line, column, message }) => `${line}:${column} ${message}`,
    )

  test.each([
    '',
    '# nothing\n',
    '{}',
    'features: []',
    'features: [a, B.c, 0-_x]',
    'allow: [COMPOSE_PROJECT_NAME]',
    'offset: 0',
    'offset: 65535',
    'offset: 0x10',
    'ports: {}',
    'ports: { PORT: { scheme: base32 }, ADMIN: { scheme: crc32, base: 1 } }',
    'instances: { blue: {}, green: { offset: 3 }, 0: {} }',
    'features: &f [a]\nallow: *f',
  ])('%j fits', async (text) => {
    expect(await fits(text)).toEqual([])
  })

  test.each([
    ['features: a', '1:11 features must be a list'],
    ['features: [1]', '1:12 features[0] must be text'],
    ['features: ["../x"]', '1:12 features[0] is not valid'],
    ['allow: [null]', '1:9 allow[0] must be text'],
    ['offset: -1', '1:9 offset must be a whole number from 0 to 65535'],
    ['offset: 65536', '1:9 offset must be a whole number from 0 to 65535'],
    ['offset: 1.5', '1:9 offset must be a whole number from 0 to 65535'],
    ['offset: "5"', '1:9 offset must be a whole number from 0 to 65535'],
    ['offset:', '1:8 offset must be a whole number from 0 to 65535'],
    ['ports: { PORT: {} }', '1:16 ports.PORT has no scheme'],
    ['ports: { PORT: { scheme: md5 } }', '1:26 ports.PORT.scheme must be crc32, sha1 or base32'],
    [
      'ports: { PORT: { scheme: crc32, base: 0 } }',
      '1:39 ports.PORT.base must be a whole number from 1 to 65535',
    ],
    ['ports: { PORT: { scheme: crc32 } }', '1:16 ports.PORT has no base, which scheme: crc32 requires'],
    ['ports: { PORT: { scheme: sha1, base: 8000 } }', '1:32 ports.PORT.base has no effect with scheme: sha1'],
    [
      'ports: { A: { scheme: &s base32 }, B: { scheme: *s, base: 1 } }',
      '1:53 ports.B.base has no effect with scheme: base32',
    ],
    ['ports: { PORT: { scheme: md5, base: 1 } }', '1:26 ports.PORT.scheme must be crc32, sha1 or base32'],
    ['ports: { PORT: { base: 1 } }', '1:16 ports.PORT has no scheme'],
    ['ports: { "MY PORT": { scheme: base32 } }', '1:10 "MY PORT" is not a valid name in ports'],
    ['instances: { "x y": { offset: 3 } }', '1:14 "x y" is not a valid name in instances'],
    ['instances: { ../x: {} }', '1:14 "../x" is not a valid name in instances'],
    ['ports: { PORT: 8000 }', '1:16 ports.PORT must be a mapping: lines of "key: value"'],
    ['instances: [blue]', '1:12 instances must be a mapping: lines of "key: value"'],
    ['instances: { blue: { ofset: 3 } }', '1:22 Unknown key "ofset" in instances.blue'],
    ['- features', '1:1 The file must be a mapping: lines of "key: value"'],
    ['text', '1:1 The file must be a mapping: lines of "key: value"'],
  ])('%j does not', async (text, finding) => {
    expect(await fits(text)).toEqual([finding])
  })

  test('a key that is not known is reported, beside others', async () => {
    expect(await fits('a: 1\nfeatures: []\nofset: 3')).toEqual([
      '1:1 Unknown key "a"',
      '3:1 Unknown key "ofset"',
    ])
  })
})
