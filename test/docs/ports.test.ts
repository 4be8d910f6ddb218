/** Compares the tables of docs/ports.md and the settings of docs/commands.md with the code. */
import { describe, expect, test } from 'vitest'
import { OUTCOMES } from '../../src/claims/claim.js'
import { HAZARD_RULES } from '../../src/claims/hazards.js'
import { SCHEME_NAMES, SCHEMES, type SchemeName } from '../../src/ports/schemes.js'
import { FEATURE_SCHEMA, PRODUCT_SCHEMA, WORKSPACE_SCHEMA } from '../../src/workspace/settings.js'
import { readPage } from './pages.js'

describe('docs/ports.md', () => {
  test('has every outcome, in the order of the code', () => {
    expect(firstColumn('outcome')).toEqual(Object.keys(OUTCOMES))
  })

  test('has every hazard', () => {
    expect(firstColumn('hazard').sort()).toEqual(HAZARD_RULES.map(({ kind }) => kind).sort())
  })

  test('has every scheme', () => {
    expect(firstColumn('scheme')).toEqual(SCHEME_NAMES)
  })

  test('has golden numbers that the schemes give', () => {
    const rows = [
      ...readPage('docs/ports.md').matchAll(/^\| `(\w+)`(?:, base (\d+))? \| ([\w-]+) \| (\d+) \|$/gm),
    ]
    expect(rows.length).toBeGreaterThan(5)
    for (const [, scheme, base, name, port] of rows) {
      const input = { base: Number(base ?? 0), modulus: 1000 }
      expect(SCHEMES[scheme as SchemeName].port(name as string, input), name).toBe(Number(port))
    }
  })

  test('has the chances of a shared offset', () => {
    const rows = numberRows('products')
    expect(rows.length).toBeGreaterThan(3)
    for (const [products, ...chances] of rows)
      expect(chances, `${products} products`).toEqual(
        [1000, 5000, 10000].map((modulus) => percent(sharedOffset(products as number, modulus))),
      )
  })

  test('has the chances of a shared port, for 20 products with the features of the demo', () => {
    const rows = numberRows('modulus')
    expect(rows.length).toBeGreaterThan(2)
    for (const [modulus, offset, port] of rows)
      expect([offset, port], `modulus ${modulus}`).toEqual([
        percent(sharedOffset(20, modulus as number)),
        percent(sharedPort(20, modulus as number)),
      ])
  })
})

describe('docs/commands.md', () => {
  test('has every key of the settings', () => {
    expect(tables('docs/commands.md', 'key').map((keys) => keys.sort())).toEqual(
      [PRODUCT_SCHEMA, FEATURE_SCHEMA, WORKSPACE_SCHEMA].map(({ properties = {} }) =>
        Object.keys(properties).sort(),
      ),
    )
  })
})

function percent(chance: number): number {
  return Math.round(chance * 100)
}

function sharedOffset(products: number, modulus: number): number {
  let apart = 1
  for (let index = 0; index < products; index++) apart *= 1 - index / modulus
  return 1 - apart
}

/** As if the pairs of products were independent of each other, which comes near enough for whole percents. */
function sharedPort(products: number, modulus: number): number {
  const bases = [1025, 6380, 8025, 8081]
  const ways = bases.flatMap((low) => bases.map((high) => high - low)).filter((d) => d > 0 && d < modulus)
  const pair = 1 / modulus + ways.reduce((sum, d) => sum + (2 * (modulus - d)) / modulus ** 2, 0)
  return 1 - Math.exp((-products * (products - 1) * pair) / 2)
}

/** Returns the code in the first column of each table with this title. */
function tables(page: string, title: string): string[][] {
  const found = readPage(page).matchAll(
    new RegExp(`^\\| ${title} \\|.*\\n\\|[-:|]+\\|\\n((?:\\|.*\\n)+)`, 'gm'),
  )
  return [...found].map(([, rows]) =>
    [...(rows as string).matchAll(/^\| `([\w-]+)`/gm)].map(([, cell]) => cell as string),
  )
}

function firstColumn(title: string): string[] {
  return tables('docs/ports.md', title)[0] ?? []
}

/** Returns the numbers in each row of the table whose first column has this title. */
function numberRows(title: string): number[][] {
  const rows = new RegExp(`^\\| ${title} \\|.*\\n\\|[-:|]+\\|\\n((?:\\|.*\\n)+)`, 'm').exec(
    readPage('docs/ports.md'),
  )?.[1]
  return (rows ?? '')
    .trim()
    .split('\n')
    .map((row) => (row.match(/\d+/g) ?? []).map(Number))
}
