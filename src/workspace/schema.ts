/**
 * Checks a YAML document against the part of JSON Schema that the settings use. The YAML nodes are walked, not
 * the values, so that every finding has its line and column.
 */
import type { Document, LineCounter, Node, YAMLMap } from 'yaml'

export interface Schema {
  readonly title?: string
  readonly description?: string
  readonly type: 'object' | 'array' | 'string' | 'integer'
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: false | Schema
  readonly propertyNames?: { readonly pattern: string }
  readonly required?: readonly string[]
  /** Of one property with an `enum` of its own: what else goes with some of its values, and what with the others. */
  readonly if?: { readonly properties: Readonly<Record<string, { readonly enum: readonly string[] }>> }
  readonly then?: Branch
  readonly else?: Branch
  readonly items?: Schema
  readonly pattern?: string
  readonly enum?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
}

/** Further properties that an object must have, or may not have. */
interface Branch {
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, false>>
}

/** One way in which a document does not fit. Line and column from 1. */
export interface Misfit {
  readonly line: number
  readonly column: number
  readonly message: string
}

/** What the check needs of the `yaml` package, which is loaded only where a settings file is there. */
type Yaml = typeof import('yaml')

/** Every misfit of a document, in order. */
export function checkSchema(yaml: Yaml, doc: Document, lines: LineCounter, schema: Schema): Misfit[] {
  const misfits: Misfit[] = []
  const report = (node: unknown, message: string): void => {
    const { line, col } = lines.linePos((node as Node | null)?.range?.[0] ?? 0)
    misfits.push({ line, column: col, message })
  }
  const check = (given: unknown, schema: Schema, path: string, parent: unknown): void => {
    const node = yaml.isAlias(given) ? given.resolve(doc) : given
    const place = node ?? parent
    if (schema.type === 'object') {
      if (yaml.isMap(node)) checkMap(node, schema, path)
      else report(place, `${path || 'the file'} must be a mapping of keys to values`)
    } else if (schema.type === 'array') {
      if (!yaml.isSeq(node)) report(place, `${path} must be a list`)
      else
        for (const [index, item] of node.items.entries())
          check(item, schema.items as Schema, `${path}[${index}]`, node)
    } else {
      const message = scalarMisfit(yaml.isScalar(node) ? node.value : undefined, schema)
      if (message !== null) report(place, `${path} ${message}`)
    }
  }
  const checkMap = (map: YAMLMap, schema: Schema, path: string): void => {
    for (const required of schema.required ?? []) {
      if (!map.has(required)) report(map, `${path} lacks ${required}`)
    }
    const { branch, because } = branchOf(map, schema)
    for (const required of branch.required ?? []) {
      if (!map.has(required)) report(map, `${path} lacks ${required}, which goes with ${because}`)
    }
    for (const { key, value } of map.items) {
      if (!yaml.isScalar(key)) {
        report(key, `${path === '' ? 'a key' : `a key of ${path}`} must be a text`)
        continue
      }
      const name = String(key.value)
      const known = schema.properties !== undefined && Object.hasOwn(schema.properties, name)
      const property = known ? schema.properties?.[name] : schema.additionalProperties
      const inner = path === '' ? name : `${path}.${name}`
      const { pattern } = schema.propertyNames ?? {}
      if (pattern !== undefined && !new RegExp(pattern).test(name))
        report(key, `${path} has a name ${JSON.stringify(name)}, which does not match ${pattern}`)
      else if (branch.properties?.[name] === false) report(key, `${inner} does not go with ${because}`)
      else if (property) check(value, property, inner, key)
      else report(key, `${inner} is not known here; ${Object.keys(schema.properties ?? {}).join(', ')} are`)
    }
  }
  const branchOf = (map: YAMLMap, schema: Schema): { branch: Branch; because: string } => {
    const [[key, { enum: some }] = ['', { enum: [] }]] = Object.entries(schema.if?.properties ?? {})
    const given = map.get(key, true) as unknown
    const node = yaml.isAlias(given) ? given.resolve(doc) : given
    const value = yaml.isScalar(node) ? String(node.value) : ''
    // Of a value that is none of the property's own, that is what is wrong.
    const known = schema.properties?.[key]?.enum?.includes(value)
    const branch = known ? (some.includes(value) ? schema.then : schema.else) : undefined
    return { branch: branch ?? {}, because: `${key}: ${value}` }
  }
  check(doc.contents, schema, '', null)
  return misfits
}

function scalarMisfit(value: unknown, schema: Schema): string | null {
  if (schema.type === 'string') {
    if (typeof value !== 'string') return 'must be a text'
    if (schema.enum !== undefined && !schema.enum.includes(value))
      return `must be one of ${schema.enum.join(', ')}`
    if (schema.pattern === undefined || new RegExp(schema.pattern).test(value)) return null
    return `is ${JSON.stringify(value)}, which does not match ${schema.pattern}`
  }
  const { minimum = Number.MIN_SAFE_INTEGER, maximum = Number.MAX_SAFE_INTEGER } = schema
  const fits = typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= maximum
  return fits ? null : `must be a whole number from ${minimum} to ${maximum}`
}
