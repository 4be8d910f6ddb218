// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is what Compose files look like
/** Random small workspaces of many products, whose ports meet: few base ports, few offsets. */
import fc, { type Arbitrary } from 'fast-check'
import type { Files } from '../support/workspace.js'

const FEATURES = ['redis', 'mail', 'web'] as const
const PRODUCTS = ['a', 'b', 'b-c', 'C.d', 'zz'] as const

/** A few numbers, so that they meet. */
const base = fc.constantFrom(8000, 8001, 8002, 8005, 8010)
const address = fc.constantFrom('', '', '', '', '127.0.0.1:', '0.0.0.0:', '[::1]:')
const value = fc
  .tuple(address, base, fc.constantFrom(0, 0, 0, 0, 2))
  .map(([at, from, size]) => `${at}${size === 0 ? from : `${from}-${from + size}`}`)
const variable = fc.constantFrom('A_HOST_PORT', 'B_HOST_PORT', 'C_PORT_ONE', 'D_PORT_TWO')
const protocol = fc.constantFrom('', '', '', '/udp')

/** A template and a Compose file that publishes most of what it states, some of it by way of a variable that refers to it. */
const feature = (name: string): Arbitrary<Files> =>
  fc
    .uniqueArray(
      fc.record({
        variable,
        value,
        protocol,
        used: fc.constantFrom(true, true, false),
        alias: fc.constantFrom(null, null, null, '', '127.0.0.2:'),
      }),
      { selector: (each) => each.variable, minLength: 1, maxLength: 3 },
    )
    .map((ports) => {
      const key = (each: { variable: string }) => `${name.toUpperCase()}_${each.variable}`
      const isAlias = ({ alias, value: text }: (typeof ports)[number]) =>
        alias !== null && !(alias !== '' && /^[\d.]+:|^\[/.test(text))
      const alias = (each: { variable: string }) => `${name.toUpperCase()}_ALIAS_${each.variable}`
      const template = ports
        .map((each) => {
          const line = `${key(each)}=${each.value}\n`
          return isAlias(each) ? `${line}${alias(each)}=${each.alias}\${${key(each)}}\n` : line
        })
        .join('')
      const used = ports.filter((each) => each.used)
      const published = used.map((each, index) => {
        const [from, to] = /(\d+)(?:-(\d+))?$/.exec(each.value)?.slice(1) ?? []
        const container =
          to === undefined
            ? `${100 + index}`
            : `${100 * index + 1000}-${100 * index + 1000 + Number(to) - Number(from)}`
        return `"\${${isAlias(each) ? alias(each) : key(each)}}:${container}${each.protocol}"`
      })
      return {
        [`features/${name}/.env.example`]: `${template}${name.toUpperCase()}_URL=http://localhost:\${${key(ports[0]!)}}\n`,
        [`features/${name}/compose.yaml`]: `services:\n  ${name}:\n    image: ${name}\n    ports: [${published.join(', ')}]\n`,
      }
    })

interface ProductPart {
  readonly features: readonly string[]
  readonly offset: number | null
  readonly pinned: readonly (readonly [string, string])[]
  readonly literal: readonly string[]
  readonly own: boolean
  readonly steps: readonly string[]
}

/** What is done to a product before the test looks: merged or not, with instances or not. */
const productPart: Arbitrary<ProductPart> = fc.record({
  features: fc.subarray([...FEATURES]),
  offset: fc.option(fc.integer({ min: 0, max: 6 })),
  pinned: fc.array(
    fc.tuple(
      fc.tuple(fc.constantFrom('REDIS', 'MAIL', 'WEB', 'OWN'), variable).map((parts) => parts.join('_')),
      value,
    ),
    { maxLength: 1 },
  ),
  literal: fc.oneof(
    { weight: 5, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: base.map((port) => [`"${port}:1"`]) },
  ),
  own: fc.constantFrom(false, false, false, true),
  steps: fc.constantFrom([], [''], [''], ['--instance blue'], ['--instance blue', '--instance green']),
})

function productFiles(name: string, { features, offset, pinned, literal, own }: ProductPart): Files {
  const include = features.map((each) => `../../features/${each}/compose.yaml`)
  const compose = [
    ...(include.length === 0 ? [] : [`include: [${include.join(', ')}]`]),
    `services:\n  app:\n    image: app\n    ports: [${[...literal, ...(own ? ['"${PORT}:3000"'] : [])].join(', ')}]\n`,
  ]
  return {
    [`products/${name}/product.yaml`]: [
      '# Kept\n',
      `features: [${features.join(', ')}] # in this order\n`,
      offset === null ? '' : `offset: ${offset}\n`,
      own ? 'ports:\n  PORT: { scheme: crc32, base: 8000 }\n' : '',
    ].join(''),
    [`products/${name}/compose.yaml`]: compose.join('\n'),
    ...(pinned.length === 0
      ? {}
      : { [`products/${name}/.env`]: pinned.map(([key, text]) => `${key}=${text}\n`).join('') }),
  }
}

export interface RandomWorkspace {
  readonly files: Files
  /** `product env` command lines, to be run in order. */
  readonly merges: readonly string[]
  /** Templates that change after the merges. */
  readonly changed: Files
  readonly modulus: number
}

export const workspaceOfMany: Arbitrary<RandomWorkspace> = fc
  .record({
    features: fc.tuple(...FEATURES.map(feature)),
    later: fc.tuple(...FEATURES.map((name) => fc.option(feature(name), { freq: 3 }))),
    products: fc.uniqueArray(fc.tuple(fc.constantFrom(...PRODUCTS), productPart), {
      selector: ([name]) => name,
      minLength: 2,
      maxLength: 5,
    }),
    modulus: fc.constantFrom(7, 40, 1000),
  })
  .map(({ features, later, products, modulus }) => ({
    files: Object.assign(
      { 'workspace.yaml': `modulus: ${modulus}\n` },
      ...features,
      ...products.map(([name, part]) => productFiles(name, part)),
    ) as Files,
    merges: products.flatMap(([name, { steps }]) => steps.map((step) => `env --merge ${name} ${step}`)),
    changed: Object.assign({}, ...later.filter((each) => each !== null)) as Files,
    modulus,
  }))
