/**
 * Random env files, templates and products. Every text is a byte string (see src/env/bytes.ts), so that what
 * is no UTF-8 is tried as well. The pools are small on purpose: names have to meet, or nothing is kept, in
 * conflict or referred to, and a near-miss of the grammar has to be as likely as the grammar itself.
 */
import fc, { type Arbitrary } from 'fast-check'
import { encode } from '../../src/env/bytes.js'
import { parseEnv } from '../../src/env/document.js'
import { writeSection } from '../../src/merge/sections.js'
import type { FeatureSource, ProductSource } from '../../src/merge/source.js'
import { isPortVariable } from '../../src/ports/variable.js'

/** Cases of every property by our own reading. */
export const RUNS = 1_000

const KEYS = ['A', 'B', 'C', 'WEB_HOST_PORT', 'DB_PORT_ONE', 'x_port_two', 'É', 'a.b-c', 'a[0]', '__proto__']

/** Names that meet each other, `__proto__` and names that dotenv does not know among them. */
const key: Arbitrary<string> = fc.constantFrom(...KEYS, 'constructor', 'export', '1').map(encode)

/** Names that a `$` can refer to. */
const referable = fc.constantFrom('A', 'B', 'C', 'WEB_HOST_PORT', 'UNSET', '__proto__')

const eol = fc.oneof(
  { weight: 4, arbitrary: fc.constant('\n') },
  { weight: 2, arbitrary: fc.constant('\r\n') },
)

/** Any bytes; those that mean something in an env file are likelier. */
export const noise: Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...'AB=:\n\r\t #\'"\\${}[]-+?0_`',
        '\xef\xbb\xbf',
        '\xc2\xa0',
        '\xe2\x80\xa8',
        'export ',
      ),
      fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''))

const word = fc.constantFrom('a', 'b c', '0', '8080', 'x/y', '{"a":1}', 'É', '日本', 'a#b', '😀').map(encode)

/** `$` forms that Compose reads, nested up to three deep. */
const { expansion } = fc.letrec<{ expansion: string; operand: string }>((tie) => ({
  expansion: fc.oneof(
    { maxDepth: 3 },
    fc.oneof(
      referable.map((name) => `$${name}`),
      referable.map((name) => `\${${name}}`),
      fc.constant('$$'),
    ),
    fc
      .tuple(referable, fc.constantFrom(':-', '-', ':+', '+', ':?', '?'), tie('operand'))
      .map(([name, operator, operand]) => `\${${name}${operator}${operand}}`),
  ),
  operand: fc.oneof(fc.constantFrom('', 'd', 'd e', '{x}', ':-'), tie('expansion')),
}))

const escaped = fc.constantFrom(
  '\\n',
  '\\t',
  '\\\\',
  '\\"',
  "\\'",
  '\\$',
  '\\0101',
  '\\0777',
  '\\0',
  '\\c',
  '\\x',
)

/** What trips a reader: halves of pairs, white space of every kind, bytes that are no UTF-8. */
const hostile = fc.constantFrom(
  ...[
    '"',
    "'",
    '\\',
    '`',
    '$',
    '${',
    '${A',
    '${A:-',
    '${A:-}}',
    '${1}',
    '$1',
    '}',
    '{',
    '$$A',
    '$$$A',
    ' #',
    '#',
  ],
  ...[
    '\t',
    '\r',
    '\v',
    '\f',
    '\0',
    '\x1b[31m',
    '\x7f',
    '\xff',
    '\xc3',
    '\xe9',
    '\xc2\xa0',
    '\xc2\x85',
    '\xe2\x80\x83',
  ],
  ...[
    '\xe2\x84\xaa',
    '$\xe2\x84\xaa',
    '\xc5\xbf',
    '\xef\xbb\xbf',
    '__PRODUCT__',
    '__FEATURE_HOST_DIR__',
    '# >>> a (b)',
  ],
)

const joined = (...parts: Arbitrary<string>[]): Arbitrary<string> =>
  fc.array(fc.oneof(...parts), { maxLength: 5 }).map((all) => all.join(''))

const port = fc.constantFrom(
  ...[
    '8080',
    '0',
    '',
    '65535',
    '65000',
    '70000',
    '8000-8010',
    '127.0.0.1:8080',
    '[::1]:8080',
    'web',
    '8080-',
    '80 80',
  ],
)

const placeholder = fc.constantFrom(
  '__PRODUCT__',
  '__FEATURE_HOST_DIR__',
  'db___PRODUCT__',
  '__FEATURE_HOST_DIR__/x',
)

/** A value with its quotes, which Compose reads (unless a `${X:?}` stops it). */
const tameValue = fc.oneof(
  port,
  placeholder,
  joined(word, expansion),
  joined(word, expansion, escaped, placeholder, fc.constantFrom('\n', '\r\n', "'", ' # ')).map(
    (text) => `"${text}"`,
  ),
  joined(word, placeholder, fc.constantFrom('\n', '"', ' # ', '$A', "\\'")).map((text) => `'${text}'`),
)

const wildValue = fc.oneof(
  joined(word, expansion, escaped, hostile),
  joined(word, expansion, escaped, hostile, fc.constant('\n')).map((text) => `"${text}"`),
  joined(word, escaped, hostile, fc.constant('\n')).map((text) => `'${text}'`),
)

const assignment = (value: Arbitrary<string>): Arbitrary<string> =>
  fc
    .tuple(
      fc.constantFrom('', '', '', 'export ', 'export\t', '  '),
      key,
      fc.constantFrom('=', '=', '=', ':', ': ', ' = ', '=\t'),
      value,
      fc.constantFrom('', '', '', ' # c', '\t', ' '),
    )
    .map((parts) => parts.join(''))

const inherit = fc.tuple(fc.constantFrom('', 'export '), key).map((parts) => parts.join(''))

const comment = fc
  .constantFrom('# a comment', '#', '  # indented', '# A=1', '#\tcaf\xe9', '# Port: ')
  .map(encode)

/** A section as a merge leaves it, or as a hand, an editor or another tool left it. */
const section: Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('redis', 'web', 'gone'),
    fc.array(fc.oneof({ weight: 4, arbitrary: assignment(fc.oneof(port, word, expansion)) }, inherit), {
      minLength: 1,
      maxLength: 3,
    }),
    eol,
    fc.constantFrom('whole', 'whole', 'whole', 'edited', 'no end', 'no start'),
  )
  .map(([feature, lines, end, state]) => {
    const text = writeSection(feature, `features/${feature}/.env.example`, lines.join(end) + end, end)
    if (state === 'edited') return text.replace('=', '=1')
    if (state === 'no end') return text.slice(0, text.lastIndexOf('# <<<'))
    return state === 'no start' ? text.slice(text.indexOf('\n') + 1) : text
  })

const file = (line: Arbitrary<string>): Arbitrary<string> =>
  fc
    .record({
      bom: fc.constantFrom('', '', '', '\xef\xbb\xbf'),
      lines: fc.array(line, { maxLength: 10 }),
      eol,
      last: fc.boolean(),
    })
    .map(({ bom, lines, eol, last }) => bom + lines.join(eol) + (last ? eol : ''))

const tameLine = fc.oneof(
  { weight: 6, arbitrary: assignment(tameValue) },
  { weight: 1, arbitrary: inherit },
  { weight: 2, arbitrary: comment },
  { weight: 1, arbitrary: fc.constantFrom('', '', ' ', '\t') },
)

const wildLine = fc.oneof(
  { weight: 6, arbitrary: tameLine },
  { weight: 3, arbitrary: assignment(wildValue) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('A="1" B=2', "A='1'B='2' # c", 'A B', 'A B=1', '=1', ':', 'é', '"A"=1'),
  },
  { weight: 1, arbitrary: noise },
)

/** A file of statements, most of which Compose reads. */
export const tameEnv: Arbitrary<string> = file(tameLine)

/** Any env file: one that Compose reads, one that is nearly so, or bytes. */
export const anyEnv: Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: tameEnv },
  { weight: 4, arbitrary: file(wildLine) },
  { weight: 1, arbitrary: noise },
)

/** A product env: as `anyEnv`, and with sections of earlier merges. */
const productEnv: Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: tameEnv },
  {
    weight: 3,
    arbitrary: file(fc.oneof({ weight: 4, arbitrary: tameLine }, { weight: 1, arbitrary: section })),
  },
  { weight: 2, arbitrary: anyEnv },
)

const template = fc.oneof({ weight: 6, arbitrary: tameEnv }, { weight: 1, arbitrary: anyEnv })

/** Folders as people have them; what stands for `__FEATURE_HOST_DIR__` can hold anything that a path can. */
const hostDir = fc.constantFrom(
  ...[
    '/srv/ws/features/web',
    '/srv/my ws',
    "/srv/it's",
    '/srv/a"b',
    '/srv/$A',
    '/srv/a #b',
    '/srv/\\',
    '/srv/é\n',
  ],
  '/srv/\'"$`#\\',
)

const feature = (name: string): Arbitrary<FeatureSource> =>
  fc.record({
    name: fc.constant(name),
    hostDir,
    template: fc.option(
      template.map((text) => ({ file: `features/${name}/.env.example`, doc: parseEnv(text) })),
      { freq: 9 },
    ),
  })

const features = fc
  .tuple(feature('redis'), feature('web'), feature('mail'))
  .chain((all) => fc.shuffledSubarray(all))

/** A product with its features, its product env and its example. */
export const productSource: Arbitrary<ProductSource> = fc.record({
  name: fc.constantFrom('my_first_app', 'a.b-c', '0'),
  offset: fc
    .oneof(fc.integer({ min: 0, max: 999 }), fc.constant(0), fc.constant(60_000))
    .map((value) => ({ value, from: 'crc32' as const })),
  isPort: fc.constant(isPortVariable),
  features,
  allow: fc.constant([]),
  env: fc.option(productEnv, { freq: 8 }).map((text) => ({ file: 'products/p/.env', text })),
  example: fc.option(template, { freq: 2 }).map((text) => ({ file: 'products/p/.env.example', text })),
})

/** What a merge can be asked for. */
export const mergeOptions = fc.record({
  refresh: fc.boolean(),
  prune: fc.boolean(),
  offset: fc.constantFrom(undefined, undefined, 0, 99, 65_535),
})

/** Exported variables: empty ones too, which are not the same as none. */
export const shell: Arbitrary<ReadonlyMap<string, string>> = fc
  .array(
    fc.tuple(
      referable.filter((name) => name !== 'UNSET'),
      fc.constantFrom('', 'shell', '$B', '9'),
    ),
    {
      maxLength: 2,
    },
  )
  .map((pairs) => new Map(pairs))
