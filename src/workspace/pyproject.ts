/** What a SPLENT `pyproject.toml` says: the features of a product, and the variables of `[tool.splent.config]`. */
import { encode } from '../env/bytes.js'
import { parseEnv } from '../env/document.js'
import { writeValue } from '../env/write-value.js'
import type { TemplateSource } from '../merge/source.js'
import { type Problem, problem } from '../problem.js'
import type { Environment } from './layout.js'

const SPLENT = 'tool.splent'
const CONFIG = `${SPLENT}.config`
const FEATURES = /^(?:tool\.splent\.features(?:_dev|_prod)?|project\.optional-dependencies\.features)$/

/** Found without a parser, because a search for the workspace looks into every folder. */
export interface Outline {
  readonly lines: readonly string[]
  /** The key with its table to which each line belongs, such as `tool.splent.features`. */
  readonly keys: readonly string[]
}

export function outlineOf(text: string): Outline {
  const lines = text.split('\n')
  let table = ''
  let key = ''
  const keys = lines.map((line) => {
    const [, header, name] = /^\s*(?:\[+([^\]]+)\]+\s*(?:#.*)?$|([\w."' \t-]+)=)/.exec(line) ?? []
    if (header !== undefined) key = table = bare(header)
    else if (name !== undefined) key = bare(table === '' ? name : `${table}.${name}`)
    return key
  })
  return { lines, keys }
}

const bare = (name: string) => name.replace(/[\s"']/g, '')

/** Features have a table of SPLENT, too, but no list of features. */
export function listsFeatures({ keys }: Outline): boolean {
  return keys.some((key) => FEATURES.test(key))
}

export function isSplent({ keys }: Outline): boolean {
  return keys.some((key) => key === SPLENT || key.startsWith(`${SPLENT}.`))
}

/** Returns the names in the lists of features, without namespace and version. */
export function namedIn({ lines, keys }: Outline): string[] {
  const listed = lines.filter((_, index) => FEATURES.test(keys[index] ?? '')).join('\n')
  return [...listed.matchAll(/["'/]\s*([^"'/@\s]+)(?:@[^"'\n]*)?\s*["']/g)].map(([, name = '']) => name)
}

export interface Pyproject {
  readonly file: string
  readonly features: (environment: Environment) => readonly Reference[]
  readonly config: TemplateSource
  /** The line of `[tool.splent]`. */
  readonly line: number
  readonly problems: readonly Problem[]
}

interface Reference {
  /** Such as `splent_io/splent_feature_auth@v1.2.7`. */
  readonly text: string
  readonly line: number
}

type Table = Readonly<Record<string, unknown>>

const table = (value: unknown): Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Table) : {}

/** Reads a `pyproject.toml`. @param file as shown to people */
export async function readPyproject(file: string, text: string): Promise<Pyproject> {
  const { data, problems } = await parseToml(file, text)
  const { lines, keys } = outlineOf(text)
  const splent = table(table(data['tool'])['splent'])
  const base = splent['features'] ?? table(table(data['project'])['optional-dependencies'])['features']
  const referencesIn = (list: unknown): Reference[] =>
    (Array.isArray(list) ? list : []).flatMap((each) => {
      if (typeof each !== 'string' || each.trim() === '') return []
      const isHere = (line: string, index: number) =>
        FEATURES.test(keys[index] ?? '') && (line.includes(`"${each}"`) || line.includes(`'${each}'`))
      return { text: each.trim(), line: lines.findIndex(isHere) + 1 || 1 }
    })
  const { doc, lineOf, problems: skipped } = configOf(file, table(splent['config']), { lines, keys })
  return {
    file,
    features: (environment) => {
      const all = referencesIn(base)
      const texts = new Set(all.map(({ text }) => text))
      const more = referencesIn(splent[`features_${environment}`]).filter(({ text }) => !texts.has(text))
      return [...all, ...more]
    },
    config: { file, doc, lineOf, isDecision: true },
    line: keys.indexOf(SPLENT) + 1 || 1,
    problems: [...problems, ...skipped],
  }
}

/** The parser is loaded only here. */
async function parseToml(file: string, text: string): Promise<{ data: Table; problems: Problem[] }> {
  const { parse, TomlError } = await import('smol-toml')
  try {
    return { data: parse(text, { integersAsBigInt: true }), problems: [] }
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const { line, column, message } = error
    const why = message.split('\n')[0]?.replace(/^Invalid TOML document: /, '')
    const place = { file, line, column }
    return {
      data: {},
      problems: [problem('bad-settings', place, 'The file is not valid TOML', `Fix it: ${why}.`)],
    }
  }
}

/** Returns `[tool.splent.config]` as a template, with the comments above each variable. */
function configOf(file: string, config: Table, { lines, keys }: Outline) {
  const lineOf = (key: string): number =>
    keys.indexOf(`${CONFIG}.${key}`) + 1 || keys.indexOf(CONFIG) + 1 || 1
  const problems: Problem[] = []
  let text = ''
  for (const [key, value] of Object.entries(config)) {
    const line = lineOf(key)
    const written = envText(value)
    if (written === null || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(key)) {
      const message = `${JSON.stringify(key)} is not added, because an env file cannot hold its name or value`
      const next =
        'Use letters, digits and "_" in the name, and text, a number, true, false or a list as the value.'
      problems.push(problem('skipped-value', { file, line }, message, next))
      continue
    }
    let from = line - 1
    while (/^\s*#/.test(lines[from - 1] ?? '')) from -= 1
    const comments = lines.slice(from, line - 1).map((comment) => `${encode(comment.trim())}\n`)
    text += `${comments.join('')}${key}=${written}\n`
  }
  return { doc: parseEnv(text), lineOf, problems }
}

/** Returns the right side of `KEY=`; null for a value that has no text. A `$` keeps its meaning, as in SPLENT's output. */
function envText(value: unknown): string | null {
  const text = Array.isArray(value) ? joined(value) : typeof value === 'boolean' ? `${value}` : textOf(value)
  if (text === null || text.includes('\0')) return null
  if (!text.includes('$')) return writeValue(encode(text))
  return `"${encode(text).replace(/[\\"]/g, '\\$&').replaceAll('\r', '\\r')}"`
}

function joined(items: readonly unknown[]): string | null {
  const texts = items.map(textOf)
  return texts.includes(null) ? null : texts.join(',')
}

/** Returns a TOML value as Python's `str` writes it. */
function textOf(value: unknown): string | null {
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'number') return floatText(value)
  return typeof value === 'string' || typeof value === 'bigint' ? `${value}` : null
}

function floatText(value: number): string {
  if (!Number.isFinite(value)) return `${value}`.replace('Infinity', 'inf').replace('NaN', 'nan')
  const exponent = Number(value.toExponential().split('e')[1])
  if (exponent < -4 || exponent > 15) return value.toExponential().replace(/([+-])(\d)$/, '$10$2')
  return Number.isInteger(value) ? value.toFixed(1) : `${value}`
}
