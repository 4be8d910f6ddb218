/** Checks a YAML document against the part of JSON Schema that the settings use, with the place of every misfit. */
import type { Document, Node, YAMLMap } from 'yaml'
import { oneOf, shorten } from '../compose/problems.js'
import { suggestion } from './names.js'

export interface Schema {
  readonly title?: string
  readonly description?: string
  readonly type: 'object' | 'array' | 'string' | 'integer' | 'boolean'
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: false | Schema
  readonly propertyNames?: Pattern
  readonly required?: readonly string[]
  /** Selects values of one property: `then` applies to these, `else` to the others. */
  readonly if?: { readonly properties: Readonly<Record<string, { readonly enum: readonly string[] }>> }
  readonly then?: Branch
  readonly else?: Branch
  readonly items?: Schema
  readonly pattern?: string
  readonly patternErrorMessage?: string
  readonly enum?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
  /** Problems show the first one of a top-level key. */
  readonly examples?: readonly unknown[]
}

interface Pattern {
  readonly pattern: string
  readonly patternErrorMessage: string
}

interface Branch {
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, false>>
}

interface Misfit {
  /** Offset into the text. */
  readonly at: number
  readonly message: string
  readonly next: string
}

/** Returns every misfit of a document, in order. */
export function checkSchema(yaml: typeof import('yaml'), doc: Document, schema: Schema): Misfit[] {
  const misfits: Misfit[] = []
  const report = (node: unknown, message: string, next: string): void => {
    misfits.push({ at: (node as Node | null)?.range?.[0] ?? 0, message: shorten(message), next })
  }
  const check = (given: unknown, schema: Schema, path: string, parent: unknown, next: string): void => {
    const node = yaml.isAlias(given) ? given.resolve(doc) : given
    const place = node ?? parent
    if (schema.type === 'object') {
      if (yaml.isMap(node)) checkMap(node, schema, path, next)
      else report(place, `${path || 'The file'} must be a mapping: lines of "key: value"`, next)
    } else if (schema.type === 'array') {
      if (!yaml.isSeq(node)) report(place, `${path} must be a list`, next)
      else
        for (const [index, item] of node.items.entries())
          check(item, schema.items as Schema, `${path}[${index}]`, node, next)
    } else {
      const misfit = scalarMisfit(yaml.isScalar(node) ? node.value : undefined, schema)
      if (misfit !== null) report(place, `${path} ${misfit.message}`, misfit.next ?? next)
    }
  }
  const checkMap = (map: YAMLMap, schema: Schema, path: string, next: string): void => {
    for (const required of schema.required ?? []) {
      if (!map.has(required)) report(map, `${path} has no ${required}`, next)
    }
    const { branch, because } = branchOf(map, schema)
    for (const required of branch.required ?? []) {
      if (!map.has(required)) report(map, `${path} has no ${required}, which ${because} requires`, next)
    }
    const seen = new Set<string>()
    for (const { key, value } of map.items) {
      if (!yaml.isScalar(key) || key.value === null) {
        report(key, `${path === '' ? 'A key' : `A key of ${path}`} must be text`, next)
        continue
      }
      const name = String(key.value)
      const properties = schema.properties ?? {}
      const known = Object.hasOwn(properties, name)
      const property = known ? properties[name] : schema.additionalProperties
      const inner = path === '' ? name : `${path}.${name}`
      const { pattern, patternErrorMessage } = schema.propertyNames ?? {}
      if (seen.has(name)) report(key, `${inner} is set twice`, 'Delete one of them.')
      else if (pattern !== undefined && !new RegExp(pattern).test(name))
        report(key, `${JSON.stringify(name)} is not a valid name in ${path}`, `${patternErrorMessage}`)
      else if (branch.properties?.[name] === false)
        report(key, `${inner} has no effect with ${because}`, 'Delete it.')
      else if (property) check(value, property, inner, key, path === '' ? exampleOf(name, property) : next)
      else {
        const where = path === '' ? '' : ` in ${path}`
        const advice = suggestion(name, Object.keys(properties), 'keys', 'The')
        report(key, `Unknown key ${JSON.stringify(name)}${where}`, advice)
      }
      seen.add(name)
    }
  }
  const branchOf = (map: YAMLMap, schema: Schema): { branch: Branch; because: string } => {
    const [[key, { enum: some }] = ['', { enum: [] }]] = Object.entries(schema.if?.properties ?? {})
    const given = map.get(key, true) as unknown
    const node = yaml.isAlias(given) ? given.resolve(doc) : given
    const value = yaml.isScalar(node) ? String(node.value) : ''
    // Of an unknown value, only the value is reported.
    const known = schema.properties?.[key]?.enum?.includes(value)
    const branch = known ? (some.includes(value) ? schema.then : schema.else) : undefined
    return { branch: branch ?? {}, because: `${key}: ${value}` }
  }
  const keys = Object.keys(schema.properties ?? {}).join(', ')
  check(
    doc.contents,
    schema,
    '',
    null,
    `Write "key: value" lines, with a space after the ":". The keys are: ${keys}.`,
  )
  return misfits
}

function exampleOf(key: string, { examples = [] }: Schema): string {
  const text = JSON.stringify(examples[0]).replaceAll('"', '')
  const value = text.replace(/[{:,]/g, '$& ').replaceAll('}', ' }')
  return `Write it like this: ${key}: ${value}`
}

function scalarMisfit(value: unknown, schema: Schema): { message: string; next?: string | undefined } | null {
  if (schema.type === 'string') {
    if (typeof value !== 'string') return { message: 'must be text' }
    if (schema.enum !== undefined && !schema.enum.includes(value))
      return { message: `must be ${oneOf(schema.enum)}` }
    if (schema.pattern === undefined || new RegExp(schema.pattern).test(value)) return null
    return {
      message: 'is not valid',
      next: schema.patternErrorMessage,
    }
  }
  if (schema.type === 'boolean')
    return typeof value === 'boolean' ? null : { message: 'must be true or false' }
  const { minimum = Number.MIN_SAFE_INTEGER, maximum = Number.MAX_SAFE_INTEGER } = schema
  const fits = typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= maximum
  return fits ? null : { message: `must be a whole number from ${minimum} to ${maximum}` }
}
