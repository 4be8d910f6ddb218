// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is what env files look like
/** The overlay of an instance: what Compose reads with it is the product env with other ports, and nothing else. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decode, encode, toBuffer } from '../../src/env/bytes.js'
import { parseEnv, rawValue } from '../../src/env/document.js'
import { evaluate, readEnv } from '../../src/env/read.js'
import { planMerge } from '../../src/merge/merge.js'
import { overlaySource } from '../../src/merge/overlay.js'
import type { MergeOptions } from '../../src/merge/ownership.js'
import type { ProductPlan } from '../../src/merge/plan.js'
import { formatPort, parsePortValue, shiftPort } from '../../src/ports/value.js'
import { isPortVariable } from '../../src/ports/variable.js'
import { hasErrors } from '../../src/problem.js'
import { RUNS, tameEnv } from '../support/arbitraries.js'
import { comparable } from '../support/comparable.js'
import { composeMissing, requireOrSkip } from '../support/compose.js'
import { composeReads } from '../support/compose-env.js'
import { type Given, source } from './products.js'

const OFFSET = 420

/**
 * The plan of a product's merge, and that of the overlay behind it.
 * @param text the overlay as it is
 */
function plans(
  given: Given,
  text: string | null = null,
  options?: MergeOptions,
): { product: ProductPlan; overlay: ProductPlan } {
  const product = planMerge(source(given))
  const instance = {
    name: 'blue',
    offset: { value: OFFSET, from: 'crc32' as const },
    overlay: { file: 'products/app/.env.blue', text },
    projectName: 'app',
  }
  return { product, overlay: planMerge(overlaySource(source(given), product, instance), options) }
}

/** What the overlay states, a line each, without the project's name. */
function stated(given: Given): string[] {
  const doc = parseEnv(plans(given).overlay.after ?? '')
  return doc.statements
    .filter(({ key }) => key !== 'COMPOSE_PROJECT_NAME')
    .map(({ start, end }) => decode(doc.text.slice(start, end)))
}

describe('an overlay states', () => {
  it.each([
    ['a port', 'P_HOST_PORT=8000', ['P_HOST_PORT=8420']],
    ['what refers to it', 'P_HOST_PORT=8000\nU="x:$P_HOST_PORT"', ['P_HOST_PORT=8420', 'U="x:$P_HOST_PORT"']],
    ['a port with a text of its own', 'N=83\nP_HOST_PORT=${N}00', ['P_HOST_PORT=8720']],
    ['a port from a default', 'P_HOST_PORT=${N:-8000}', ['P_HOST_PORT=8420']],
    ['a port behind an address', 'A=127.0.0.1\nP_HOST_PORT=${A}:8000', ['P_HOST_PORT=127.0.0.1:8420']],
    [
      'a port that follows from another one, as it does',
      'P_HOST_PORT=8000\nQ_HOST_PORT=127.0.0.1:${P_HOST_PORT}',
      ['P_HOST_PORT=8420', 'Q_HOST_PORT=127.0.0.1:${P_HOST_PORT}'],
    ],
    [
      'once the port that two have from what is no port variable',
      'N=8000\nP_HOST_PORT=$N\nQ_HOST_PORT=$N',
      ['P_HOST_PORT=8420', 'Q_HOST_PORT=${P_HOST_PORT}'],
    ],
    [
      'nothing that only tells whether there is a port',
      'P_HOST_PORT=8000\nU=${P_HOST_PORT:+yes}',
      ['P_HOST_PORT=8420'],
    ],
    [
      'a value where its text has come to mean something else',
      'P_HOST_PORT=8000\nL=a\nL=$L,$P_HOST_PORT\nA=1\nB=$A-$P_HOST_PORT\nA=2\nU=$B',
      ['P_HOST_PORT=8420', 'L=a,8420', 'B=1-8420', 'U=$B'],
    ],
    [
      'that value so that Compose reads just it',
      "P_HOST_PORT=8000\nA='$x # '\nB=$A$P_HOST_PORT\nA=",
      ['P_HOST_PORT=8420', "B='$x # 8420'"],
    ],
    [
      'the project\u2019s name in a value as it was',
      'COMPOSE_PROJECT_NAME=own\nP_HOST_PORT=8000\nU=$COMPOSE_PROJECT_NAME:$P_HOST_PORT',
      ['P_HOST_PORT=8420', 'U=own:8420'],
    ],
    [
      'each of the ports that a variable has had',
      'P_HOST_PORT=8000\nQ_HOST_PORT=$P_HOST_PORT\nU=x:$P_HOST_PORT\nP_HOST_PORT=9000',
      ['P_HOST_PORT=9420', 'Q_HOST_PORT=8420', 'U=x:8420'],
    ],
    [
      'what looks like a placeholder as it is',
      'P_HOST_PORT=8000\nU=__PRODUCT__$P_HOST_PORT',
      ['P_HOST_PORT=8420', 'U=__PRODUCT__$P_HOST_PORT'],
    ],
    [
      'no name of the project a second time',
      'P_HOST_PORT=8000\nCOMPOSE_PROJECT_NAME=x$P_HOST_PORT',
      ['P_HOST_PORT=8420'],
    ],
  ])('%s', (_, env, expected) => {
    expect(stated({ env: `${env}\n` })).toEqual(expected)
  })

  it('a feature\u2019s base port, whatever the product\u2019s offset', () => {
    const features = { web: 'P_HOST_PORT=8000\nQ_HOST_PORT=$P_HOST_PORT\nN=83\nR_HOST_PORT=${N}00\n' }
    for (const offset of [0, 100, OFFSET])
      expect(stated({ features, offset })).toEqual([
        'P_HOST_PORT=8420',
        'R_HOST_PORT=8720',
        'Q_HOST_PORT=$P_HOST_PORT',
      ])
  })

  it('where a port comes from', () => {
    const { overlay } = plans({ env: 'A_HOST_PORT=1000\n', features: { web: 'N=83\nP_HOST_PORT=${N}00\n' } })
    expect(overlay.after).toContain('# Base port of the product env: 1000 + 420\n')
    expect(overlay.after).toContain('# Base port of web: 8300 + 420\n')
  })
})

describe('--prune takes out of an overlay what the product env no longer says', () => {
  const P = 'P_HOST_PORT=8000\n'
  const Q = 'Q_HOST_PORT=8001\n'
  const overlayFor = (env: string, text: string | null = null): string =>
    plans({ env }, text).overlay.after ?? ''
  const pruned = (env: string, text: string) => plans({ env }, text, { prune: true }).overlay

  it.each([
    ['from the end of the section', P + Q, P],
    ['from its middle', `${P}${Q}U=$P_HOST_PORT\n`, `${P}U=$P_HOST_PORT\n`],
  ])('%s, and leaves every other byte', (_, before, now) => {
    for (const [above, below] of [
      ['', ''],
      ['MINE=1\n', 'LAST="2"\n'],
    ]) {
      const text = `${above}${overlayFor(before)}${below}`
      const plan = pruned(now, text)
      expect(plan.after).toBe(`${above}${overlayFor(now)}${below}`)
      expect(plan.sections).toEqual([{ feature: 'app@blue', change: 'pruned' }])
      expect(plan.dropped).toEqual(['Q_HOST_PORT'])
    }
  })

  it('with the whole of a section that says nothing else', () => {
    const first = overlayFor(P)
    const second = overlayFor(P + Q, first)
    expect(second.startsWith(first)).toBe(true)
    expect(pruned(P, second).after).toBe(`${first}\n`)
  })

  it('in the line ends of the file', () => {
    const own = 'MINE=1\r\n'
    expect(pruned(P, overlayFor(P + Q, own)).after).toBe(overlayFor(P, own))
  })

  it('without its newline at the end, as well', () => {
    expect(pruned(P, overlayFor(P + Q).slice(0, -1)).after).toBe(overlayFor(P))
  })

  it('and nothing where there is nothing to take out', () => {
    const text = `${overlayFor(P)}OWN=1\n`
    expect(pruned(P, text)).toMatchObject({ after: text, sections: [], dropped: [] })
  })
})

/**
 * The product env with other ports, in another way than the overlay goes about it: each port stands as a mark in all
 * values that it gets into, and is filled in at the end.
 */
function withMovedPorts(text: string): Map<string, string> {
  const doc = parseEnv(text)
  const marked = new Map<string, string>()
  const ports: { readonly old: string; readonly moved: string }[] = []
  const filledIn = (value: string, which: 'old' | 'moved') =>
    value.replace(/\x01(\d+)\x02/g, (_, index) => ports[Number(index)]?.[which] ?? '')
  for (const statement of doc.statements) {
    const { key, kind, quote } = statement
    const result = evaluate(rawValue(doc, statement), quote, (name) => marked.get(name))
    if (kind === 'inherit' || !result.ok) continue
    const port =
      isPortVariable(key) && !result.value.includes('\x01') ? parsePortValue(result.value) : 'not-a-number'
    if (typeof port === 'object') {
      marked.set(key, `\x01${ports.length}\x02`)
      ports.push({ old: result.value, moved: formatPort(shiftPort(port, OFFSET)) })
    } else marked.set(key, result.value)
  }
  const values = new Map([...marked].map(([key, value]) => [key, filledIn(value, 'moved')]))
  // What the marks stand for is really what Compose reads.
  expect(new Map([...marked].map(([key, value]) => [key, filledIn(value, 'old')]))).toEqual(
    readEnv(doc).values,
  )
  return values
}

const NAMES = ['A', 'B', 'P_HOST_PORT', 'Q_HOST_PORT', 'R_PORT_ONE'] as const
const name = fc.constantFrom(...NAMES)
const reference = fc.oneof(
  name.map((each) => `\${${each}}`),
  name.map((each) => `$${each}`),
  fc
    .tuple(name, fc.constantFrom(':-', '-', ':+', '+'), name, fc.constantFrom('8', '', 'x'))
    .map(([each, operator, other, rest]) => `\${${each}${operator}${rest}\${${other}}}`),
)
const part = fc.oneof(
  { weight: 2, arbitrary: reference },
  {
    weight: 1,
    arbitrary: fc.constantFrom('a', '8', '00', '8000', '127.0.0.1:', '-', ',', '$$', '#', 'é', '"', '\\\\'),
  },
)
const textOf = fc.oneof(
  fc.constantFrom('8000', '8001', '127.0.0.1:8000', '[::1]:8000', '7000-7002', '08000', 'a', ''),
  reference,
  fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')),
)
const value = fc.oneof(
  { weight: 4, arbitrary: textOf.filter((text) => !text.startsWith('"')) },
  { weight: 1, arbitrary: textOf.filter((text) => !/["\\]/.test(text)).map((text) => `"${text}\n"`) },
  { weight: 1, arbitrary: textOf.map((text) => `'${text}'`) },
)
/** Few variables that are stated again and again, and refer to each other. */
const smallEnv = fc
  .array(
    fc.tuple(name, value).map(([key, text]) => `${key}=${encode(text)}\n`),
    { maxLength: 9 },
  )
  .map((lines) => lines.join(''))

/** The overlay of a product env that Compose reads, and that leads to no port over 65535. */
function overlayOf(env: string): string | null {
  const { product, overlay } = plans({ env })
  return hasErrors([...product.problems, ...overlay.problems]) ? null : (overlay.after ?? '')
}

const withoutProject = (values: ReadonlyMap<string, string>) =>
  new Map([...values].filter(([key]) => key !== 'COMPOSE_PROJECT_NAME' && key !== ''))

it.each([
  ['small', smallEnv],
  ['any', tameEnv],
])('with the overlay, Compose reads the product env with moved ports: %s', (_, envs) => {
  let compared = 0
  fc.assert(
    fc.property(envs, (env) => {
      const overlay = overlayOf(env)
      if (overlay === null) return
      compared += 1
      const { values } = readEnv(parseEnv(overlay), new Map(), readEnv(parseEnv(env)).values)
      expect(withoutProject(values)).toEqual(withoutProject(withMovedPorts(env)))
    }),
    { numRuns: RUNS / 2 },
  )
  expect(compared).toBeGreaterThan(RUNS / 10)
})

describe.runIf(requireOrSkip('Docker Compose', composeMissing()))('with the real Compose', () => {
  it('reads the product env with moved ports', () => {
    fc.assert(
      fc.property(
        smallEnv.filter((env) => overlayOf(env) !== null),
        (env) => {
          const overlay = overlayOf(env) ?? ''
          const expected = withoutProject(withMovedPorts(env))
          const real = composeReads(toBuffer(env), expected.keys(), {}, toBuffer(overlay))
          expect([env, overlay, real.ok ? '' : real.message]).toEqual([env, overlay, ''])
          const decoded = [...expected].map(([key, text]) => [key, decode(text)] as const)
          if (real.ok) expect(comparable(real.values)).toEqual(comparable(decoded))
        },
      ),
      { numRuns: 40 },
    )
  })
})
