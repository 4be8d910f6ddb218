import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { decode, encode } from '../../src/env/bytes.js'
import { readSettings } from '../../src/workspace/read-settings.js'
import { PRODUCT_SCHEMA, type ProductSettings } from '../../src/workspace/settings.js'
import { type StatedOffset, withListItem, withOffsets } from '../../src/workspace/yaml-edit.js'

const OWN: StatedOffset = { instance: null, offset: 17, hashed: 'shop#1' }
const BLUE: StatedOffset = { instance: 'blue', offset: 23, hashed: 'shop@blue#1' }
const OWN_LINE = 'offset: 17 # crc32("shop#1"), chosen by product check --fix'
const BLUE_LINE = 'offset: 23 # crc32("shop@blue#1"), chosen by product check --fix'

/** The edited file, where it can be edited. */
function edited(text: string | null, offsets: readonly StatedOffset[]): string {
  const result = withOffsets(text, offsets)
  if (result === null) throw new Error('cannot be edited')
  return result
}

async function settingsOf(text: string): Promise<ProductSettings> {
  const { settings, problems } = await readSettings<ProductSettings>(text, 'product.yaml', PRODUCT_SCHEMA)
  expect(problems).toEqual([])
  return settings
}

function stated(settings: ProductSettings, { instance, offset }: StatedOffset): ProductSettings {
  if (instance === null) return { ...settings, offset }
  return { ...settings, instances: { ...settings.instances, [instance]: { offset } } }
}

describe('the offset of the product', () => {
  const cases: Record<string, readonly [before: string | null, after: string]> = {
    'in no file': [null, `${OWN_LINE}\n`],
    'in an empty file': ['', `${OWN_LINE}\n`],
    'in a file of comments': ['# Ours\n', `# Ours\n${OWN_LINE}\n`],
    'in a file with a start of the document': ['---\n', `---\n${OWN_LINE}\n`],
    'behind a list': ['features: [a]\n', `features: [a]\n${OWN_LINE}\n`],
    'behind a list as a block': ['features:\n  - a\n  - b\n', `features:\n  - a\n  - b\n${OWN_LINE}\n`],
    'behind a list without indentation': ['features:\n- a\n', `features:\n- a\n${OWN_LINE}\n`],
    'behind comments and blank lines': [
      '# One\nfeatures: [a] # two\n\n# three\n',
      `# One\nfeatures: [a] # two\n\n# three\n${OWN_LINE}\n`,
    ],
    'where the last line does not end': ['features: [a]', `features: [a]\n${OWN_LINE}\n`],
    'where the last line is a comment that does not end': [
      'features: [a]\n# x',
      `features: [a]\n# x\n${OWN_LINE}\n`,
    ],
    'with CRLF': ['features: [a]\r\nallow: [B]\r\n', `features: [a]\r\nallow: [B]\r\n${OWN_LINE}\r\n`],
    'with CRLF and no last line end': [
      'features: [a]\r\nallow: [B]',
      `features: [a]\r\nallow: [B]\r\n${OWN_LINE}\r\n`,
    ],
    'behind a byte order mark': ['\ufefffeatures: [a]\n', `\ufefffeatures: [a]\n${OWN_LINE}\n`],
    'in a file of a byte order mark': ['\ufeff', `\ufeff${OWN_LINE}\n`],
    'in a file that is indented': [
      '  features: [a]\n  allow: []\n',
      `  features: [a]\n  allow: []\n  ${OWN_LINE}\n`,
    ],
    'before the end of the document': ['features: [a]\n...\n', `features: [a]\n${OWN_LINE}\n...\n`],
    'with letters of every kind': [
      '# Größe, 日本, 😀\nallow: [B] # É\n',
      `# Größe, 日本, 😀\nallow: [B] # É\n${OWN_LINE}\n`,
    ],
    'in a flow map': ['{ features: [a] }\n', '{ features: [a], offset: 17 }\n'],
    'in a flow map over several lines': ['{\n  features: [a]\n}\n', '{\n  features: [a], offset: 17\n}\n'],
    'in an empty flow map': ['{}\n', '{ offset: 17 }\n'],
    'in a flow map with a comma at its end': ['{ features: [a], }\n', '{ features: [a], offset: 17, }\n'],
    'in a flow map with comments': [
      '# keep\n{\n  features: [a], # one\n  allow: [] # two\n}\n',
      '# keep\n{\n  features: [a], # one\n  allow: [], offset: 17 # two\n}\n',
    ],
    'in a flow map with comments and a comma at its end': [
      '{\n  features: [a], # one\n}\n',
      '{\n  features: [a], offset: 17, # one\n}\n',
    ],
    'in place of another': ['offset: 5\nfeatures: [a]\n', 'offset: 17\nfeatures: [a]\n'],
    'in place of another, by a key in quotes': ['"offset": 5\nallow: []\n', '"offset": 17\nallow: []\n'],
    'in place of another, by an explicit key': ['? offset\n: 5\n', '? offset\n: 17\n'],
    'in place of another with a comment': ['offset: 5 # ours\n', 'offset: 17 # ours\n'],
    'in place of an earlier choice': [
      'offset: 5 # crc32("shop#9"), chosen by product check --fix\nallow: []\n',
      `${OWN_LINE}\nallow: []\n`,
    ],
    'in place of an earlier choice, with CRLF': [
      'offset: 5 # crc32("shop#9"), chosen by product check --fix\r\n',
      `${OWN_LINE}\r\n`,
    ],
    'in place of another in a flow map': ['{ offset: 0x10, features: [] }', '{ offset: 17, features: [] }'],
    'beside that of an instance': [
      'instances:\n  blue:\n    offset: 4\n',
      `instances:\n  blue:\n    offset: 4\n${OWN_LINE}\n`,
    ],
    'beside anchors and aliases': [
      'features: &all [a]\nallow: *all\n',
      `features: &all [a]\nallow: *all\n${OWN_LINE}\n`,
    ],
    'in place of an alias': [
      'instances: { blue: { offset: &five 5 } }\noffset: *five\n',
      'instances: { blue: { offset: &five 5 } }\noffset: 17\n',
    ],
  }
  test.each(Object.entries(cases))('%s', async (_, [before, after]) => {
    const bytes = before === null ? null : encode(before)
    const result = edited(bytes, [OWN])
    expect(decode(result)).toBe(after)
    expect(await settingsOf(result)).toEqual(stated(await settingsOf(bytes ?? ''), OWN))
  })

  test('keeps bytes that are no UTF-8', () => {
    expect(edited('# caf\xe9\nfeatures: [a]\n', [OWN])).toBe(`# caf\xe9\nfeatures: [a]\n${OWN_LINE}\n`)
  })
})

describe('the offset of an instance', () => {
  const cases: Record<string, readonly [before: string | null, after: string]> = {
    'in no file': [null, `instances:\n  blue:\n    ${BLUE_LINE}\n`],
    'behind the rest': ['features: [a]\n', `features: [a]\ninstances:\n  blue:\n    ${BLUE_LINE}\n`],
    'behind the rest, with CRLF': [
      'features: [a]\r\n',
      `features: [a]\r\ninstances:\r\n  blue:\r\n    ${BLUE_LINE}\r\n`,
    ],
    'behind another instance': [
      'instances:\n    red:\n        offset: 4 # four\n# end\nfeatures: [a]\n',
      `instances:\n    red:\n        offset: 4 # four\n    blue:\n      ${BLUE_LINE}\n# end\nfeatures: [a]\n`,
    ],
    'behind another instance that is a flow map': [
      'instances:\n  red: { offset: 4 }\nfeatures: [a]',
      `instances:\n  red: { offset: 4 }\n  blue:\n    ${BLUE_LINE}\nfeatures: [a]`,
    ],
    'behind another instance at the end of the file': [
      'instances:\n  red: {}',
      `instances:\n  red: {}\n  blue:\n    ${BLUE_LINE}\n`,
    ],
    'in place of another': [
      'instances:\n  blue:\n    offset: 4 # four\nfeatures: []\n',
      'instances:\n  blue:\n    offset: 23 # four\nfeatures: []\n',
    ],
    'in its empty map': [
      'instances:\n  blue: {} # ours\nfeatures: []\n',
      'instances:\n  blue: { offset: 23 } # ours\nfeatures: []\n',
    ],
    'in flow maps': [
      'instances: { red: { offset: 4 } }\n',
      'instances: { red: { offset: 4 }, blue: { offset: 23 } }\n',
    ],
    'in a flow map with a comment behind it': [
      'features: [a] # one\ninstances: { green: {offset: 3}, } # two\n',
      'features: [a] # one\ninstances: { green: {offset: 3}, blue: { offset: 23 }, } # two\n',
    ],
    'in a flow map with comments in it': [
      'instances: {\n  green: { offset: 3 }, # why\n}\n',
      'instances: {\n  green: { offset: 3 }, blue: { offset: 23 }, # why\n}\n',
    ],
    'in an empty flow map of instances': ['instances: {}\n', 'instances: { blue: { offset: 23 } }\n'],
    'in a file that is one flow map': [
      '{features: [a]}\n',
      '{features: [a], instances: { blue: { offset: 23 } }}\n',
    ],
    'in place of an alias': [
      'instances:\n  red: &r\n    offset: 4\n  blue: *r\n',
      'instances:\n  red: &r\n    offset: 4\n  blue: { offset: 23 }\n',
    ],
  }
  test.each(Object.entries(cases))('%s', async (_, [before, after]) => {
    const bytes = before === null ? null : encode(before)
    const result = edited(bytes, [BLUE])
    expect(decode(result)).toBe(after)
    expect(await settingsOf(result)).toEqual(stated(await settingsOf(bytes ?? ''), BLUE))
  })

  test('goes with the product\u2019s own, in one run', async () => {
    const result = edited('features: [a]\n', [BLUE, OWN])
    expect(result).toBe(`features: [a]\ninstances:\n  blue:\n    ${BLUE_LINE}\n${OWN_LINE}\n`)
    expect(await settingsOf(result)).toEqual({
      features: ['a'],
      offset: 17,
      instances: { blue: { offset: 23 } },
    })
  })
})

describe('a file that only a person can edit is left alone', () => {
  test.each([
    ['an anchor that others refer to', 'offset: &o 5\ninstances: { red: { offset: *o } }\n'],
    ['an explicit key first', '? features # why\n: [a]\n'],
  ])('%s', (_, text) => {
    expect(withOffsets(text, [OWN])).toBeNull()
    expect(withOffsets(text, [OWN, BLUE])).toBeNull()
  })
})

const name = fc.constantFrom('blue', 'red', 'a.b', '0', '1.0', 'true', 'x-y_z')
const comment = fc.constantFrom('', '', ' # why', ' # 日本: {x}')
const eol = fc.constantFrom('\n', '\n', '\r\n')
const indent = fc.constantFrom('  ', '    ', ' ')

/** Block files as people write them, a line an element. */
const blockFile = fc
  .record({
    bom: fc.constantFrom('', '', '\ufeff'),
    start: fc.constantFrom([], [], ['---'], ['# About this product', '']),
    features: fc.option(fc.array(fc.constantFrom('redis', 'mail', 'a-b'), { maxLength: 3 })),
    flow: fc.boolean(),
    offset: fc.option(fc.integer({ min: 0, max: 65535 })),
    instances: fc.option(
      fc.uniqueArray(fc.tuple(name, fc.option(fc.integer({ min: 0, max: 999 }))), {
        selector: ([n]) => n,
        minLength: 1,
        maxLength: 3,
      }),
    ),
    order: fc.shuffledSubarray([0, 1, 2], { minLength: 3 }),
    blank: fc.boolean(),
    note: comment,
    indent,
    eol,
    last: fc.boolean(),
  })
  .map(
    ({ bom, start, features, flow, offset, instances, order, blank, note, indent: step, eol: end, last }) => {
      const parts = [
        features === null
          ? []
          : flow || features.length === 0
            ? [`features: [${features.join(', ')}]${note}`]
            : [`features:${note}`, ...features.map((each) => `${step}- ${each}${note}`)],
        offset === null ? [] : [`offset: ${offset}${note}`],
        instances === null
          ? []
          : [
              `instances:${note}`,
              ...instances.flatMap(([each, value]) =>
                value === null
                  ? [`${step}${JSON.stringify(each)}: {}${note}`]
                  : [`${step}${JSON.stringify(each)}:`, `${step}${step}offset: ${value}${note}`],
              ),
            ],
      ]
      const body = order.flatMap((index) => [
        ...(parts[index] as string[]),
        ...(blank ? ['', '# between'] : []),
      ])
      const lines = [...start, ...body]
      return encode(bom + lines.join(end) + (last && lines.length > 0 ? end : ''))
    },
  )

test('in a file of blocks, every other line stays as it is, and the settings read the same but for the offset', async () => {
  const asked = fc.record({
    instance: fc.option(name),
    offset: fc.integer({ min: 0, max: 65535 }),
    hashed: fc.constantFrom('shop#1', 'a.b-c@x#12'),
  })
  await fc.assert(
    fc.asyncProperty(blockFile, asked, async (text, ask) => {
      const result = edited(text, [ask])
      const before = await settingsOf(text)
      expect(await settingsOf(result)).toEqual(stated(before, ask))
      const lines = (all: string) => all.replace('\xef\xbb\xbf', '').split(/\r?\n/)
      const old = lines(text)
      const gone = old.filter((line) => !lines(result).includes(line))
      const had = ask.instance === null ? before.offset : before.instances?.[ask.instance]?.offset
      // One that is replaced.
      expect(gone.length).toBeLessThanOrEqual(1)
      for (const line of gone) expect(line).toMatch(/offset|\{\}/)
      if (had === ask.offset) expect(result).toBe(text)
      else expect(lines(result).some((line) => line.includes(`offset: ${ask.offset}`))).toBe(true)
      expect(result.includes('\r\n')).toBe(text.includes('\r\n'))
      expect(edited(result, [ask])).toBe(result)
    }),
    { numRuns: 300 },
  )
})

/** What, before, after. */
const EDITED: readonly [string, string, string][] = [
  ['an ended document', 'offset: 3\n...\n', 'offset: 3\nfeatures: [p, q, x]\n...\n'],
  ['a flow list', 'features: [a, b]\n', 'features: [a, b, x]\n'],
  ['a flow list with a comment', 'features: [a] # mine\noffset: 3\n', 'features: [a, x] # mine\noffset: 3\n'],
  ['an empty flow list', 'features: []\n', 'features: [x]\n'],
  ['a trailing comma', 'features: [a, b,]\n', 'features: [a, b, x,]\n'],
  [
    'a flow list over lines',
    'features: [\n  a, # one\n  b # two\n]\n',
    'features: [\n  a, # one\n  b, x # two\n]\n',
  ],
  ['quoted names', 'features: ["a", \'b\']\n', 'features: ["a", \'b\', x]\n'],
  ['a block list', 'features:\n  - a\n  - b\n', 'features:\n  - a\n  - b\n  - x\n'],
  ['a block list that is not indented', 'features:\n- a\noffset: 3\n', 'features:\n- a\n- x\noffset: 3\n'],
  [
    'comments in a block list',
    '# top\nfeatures: # the order counts\n  # first\n  - a # one\n  # last\n\noffset: 3 # here\n# end\n',
    '# top\nfeatures: # the order counts\n  # first\n  - a # one\n  - x\n  # last\n\noffset: 3 # here\n# end\n',
  ],
  ['a list at the end without a newline', 'features:\n  - a', 'features:\n  - a\n  - x\n'],
  ['CRLF', 'features:\r\n  - a\r\noffset: 3\r\n', 'features:\r\n  - a\r\n  - x\r\noffset: 3\r\n'],
  ['a BOM', '\xef\xbb\xbffeatures:\n  - a\n', '\xef\xbb\xbffeatures:\n  - a\n  - x\n'],
  ['a BOM and no list', '\xef\xbb\xbfoffset: 3\n', '\xef\xbb\xbfoffset: 3\nfeatures: [p, q, x]\n'],
  ['an anchor at the list', 'features: &all\n  - a\n', 'features: &all\n  - a\n  - x\n'],
  ['an alias in the list', 'allow: [&a cache]\nfeatures: [*a]\n', 'allow: [&a cache]\nfeatures: [*a, x]\n'],
  [
    'a key with nothing behind it',
    'features: # none yet\noffset: 3\n',
    'features: # none yet\n  - x\noffset: 3\n',
  ],
  ['a quoted key', '"features": [a]\n', '"features": [a, x]\n'],
  ['no list', 'offset: 3\n', 'offset: 3\nfeatures: [p, q, x]\n'],
  ['no list and no final newline', 'offset: 3', 'offset: 3\nfeatures: [p, q, x]\n'],
  ['an indented mapping', '  offset: 3\n', '  offset: 3\n  features: [p, q, x]\n'],
  ['a flow mapping', '{ offset: 3 } # mine\n', '{ offset: 3, features: [p, q, x] } # mine\n'],
  ['an empty flow mapping', '{}\n', '{ features: [p, q, x] }\n'],
  ['an empty file', '', 'features: [p, q, x]\n'],
  ['a file of comments', '# nothing\n', '# nothing\nfeatures: [p, q, x]\n'],
  ['the start of a document', '---\n', '---\nfeatures: [p, q, x]\n'],
]

describe('an item added to a list', () => {
  test.each(EDITED)('%s', (_, before, after) => {
    expect(withListItem(before, 'features', 'x', ['p', 'q'])).toBe(after)
  })

  test('mappings as items, as include: has them', () => {
    const text =
      'include:\n  - path: a.yaml # one\n    env_file: .env\n\n  # two\n  - path:\n      - b.yaml\nservices: {}\n'
    expect(withListItem(text, 'include', '../x.yaml', null)).toBe(
      'include:\n  - path: a.yaml # one\n    env_file: .env\n\n  # two\n  - path:\n      - b.yaml\n  - ../x.yaml\nservices: {}\n',
    )
  })

  test('the document that has the list, of several', () => {
    const text = 'services: {}\n---\ninclude: [a.yaml]\n---\nvolumes: {}\n'
    expect(withListItem(text, 'include', 'x', null)).toBe(text.replace('[a.yaml]', '[a.yaml, x]'))
  })

  test('a list of one line is a block list like any other', () => {
    expect(withListItem('features:\n  - |\n    a\n\n', 'features', 'x', [])).toBe(
      'features:\n  - |\n    a\n  - x\n\n',
    )
  })

  describe('is left alone:', () => {
    test.each([
      ['an alias', 'all: &all [a]\nfeatures: *all\n'],
      ['a text', 'features: a\n'],
      ['a null that is written out', 'features: null\n'],
      ['a mapping', 'features: { a: 1 }\n'],
      ['broken YAML', 'features: [a\n'],
      ['a key twice', 'features: [a]\nfeatures: [b]\n'],
      ['an explicit key', '? features\n: - a\n'],
      ['a list at the top', '- a\n'],
    ])('%s', (_, text) => {
      expect(withListItem(text, 'features', 'x', [])).toBeNull()
    })

    test('a file without the list, where none is to be made', () => {
      expect(withListItem('services: {}\n', 'include', 'x', null)).toBeNull()
    })
  })

  test('whatever the file, every byte stays in order, and the list has one item more', () => {
    const pieces = fc.constantFrom(
      'features:',
      'include:',
      '\n',
      '\r\n',
      '  ',
      '- a',
      '- b # c',
      '[',
      ']',
      ', ',
      'a',
      '# note',
      '{',
      '}',
      ': ',
      '"q"',
      '---\n',
      '|\n',
      'offset: 3\n',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 14 }), fc.boolean(), (parts, create) => {
        const text = parts.join('')
        const after = withListItem(text, 'features', 'x', create ? ['p'] : null)
        if (after === null) return
        let kept = 0
        while (kept < text.length && text[kept] === after[kept]) kept++
        expect(after.endsWith(text.slice(kept)) || isInsertion(text, after)).toBe(true)
        const multiple = text.includes('---')
        if (!multiple) expect((parse(after) as { features: unknown[] }).features.at(-1)).toBe('x')
      }),
      { numRuns: 1_000 },
    )
  })
})

/** Whether one text is the other with one stretch put in. */
function isInsertion(text: string, after: string): boolean {
  for (let at = 0; at <= text.length; at++) {
    if (after.startsWith(text.slice(0, at)) && after.endsWith(text.slice(at))) return true
  }
  return false
}
