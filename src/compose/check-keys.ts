/** Checks the merged files against the keys and forms of keys.ts. In doubt a value passes: Compose may read it. */
import type { Problem } from '../problem.js'
import { perEntry } from './interpolate.js'
import { file } from './keys.js'
import { isOpen, type MappingNode, type Node, type ScalarNode } from './node.js'
import { anything, type Form, type Kind, type MappingForm } from './notation.js'
import { oneOf, refused } from './problems.js'

/** The steps to a value, innermost first: lists of them share their ends. */
interface Path {
  readonly step: string | number
  readonly from: Path | null
}

/**
 * Checks one project's files.
 * @param seen services, volumes… that were checked before, as includes share them; those of this call are added
 */
export function checkKeys(model: MappingNode, seen: WeakSet<Node>): Problem[] {
  const problems: Problem[] = []
  const report = (found: readonly Problem[]) => {
    for (const each of found) problems.push(each)
  }
  for (const [section, { key, value }] of model.entries) {
    const checkNamed = CHECKS.get(section)
    if (value.kind !== 'mapping' || checkNamed === undefined) {
      report(checkEntry(section, key, value, TOP, null))
      continue
    }
    for (const entry of value.entries.values()) {
      if (seen.has(entry.value)) continue
      if (entry.value.kind !== 'scalar') seen.add(entry.value)
      report(checkNamed(entry))
    }
  }
  return problems
}

const TOP = file.mapping as MappingForm

/** By section, the check of one service, volume…: the values of variables do not matter. */
const CHECKS = new Map(
  [...(TOP.keys ?? [])].flatMap(([section, { mapping }]) => {
    if (mapping === undefined) return []
    const from = { step: section, from: null }
    return [[section, perEntry((key, value) => checkEntry(key.raw, key, value, mapping, from))] as const]
  }),
)

function checkEntry(
  name: string,
  key: ScalarNode,
  value: Node,
  mapping: MappingForm,
  from: Path | null,
): Problem[] {
  const problems: Problem[] = []
  const entry = (
    name: string,
    key: ScalarNode,
    value: Node,
    mapping: MappingForm,
    from: Path | null,
  ): void => {
    const form = formOf(name, mapping)
    if (form === undefined) problems.push(unknownKey(key, mapping, from))
    else check(value, form, { step: key.raw, from })
  }
  const check = (node: Node, form: Form, path: Path): void => {
    if (form === anything) return
    if (node.kind === 'scalar' && form.scalar?.kinds.some((kind) => isOfKind(node, kind))) {
      const { limit } = form.scalar
      if (limit === undefined || isOpen(node) || limit.allows(node)) return
      problems.push(refused(node, `Key ${show(path)} ${limit.rule}`))
    } else if (node.kind === 'sequence' && form.list !== undefined) {
      for (const [step, item] of node.items.entries()) check(item, form.list, { step, from: path })
    } else if (node.kind === 'mapping' && form.mapping !== undefined) {
      for (const [name, { key, value }] of node.entries) entry(name, key, value, form.mapping, path)
      for (const name of form.mapping.needs) {
        if (!node.entries.has(name)) problems.push(refused(node, `Key ${show(path)} has no \`${name}\``))
      }
    } else problems.push(wrongForm(node, form, path))
  }
  entry(name, key, value, mapping, from)
  return problems
}

/** The form of a key's value; undefined if the mapping may not have the key. */
function formOf(name: string, { keys, each, names, others }: MappingForm): Form | undefined {
  if (keys !== undefined) return keys.get(name) ?? (name.startsWith('x-') ? anything : undefined)
  return names?.test(name) === false ? others : each
}

function isOfKind(node: ScalarNode, kind: Kind): boolean {
  switch (kind) {
    case 'text':
      return node.type === 'string'
    case 'empty':
      return node.type === 'null'
    case 'flag':
      return node.type === 'bool' || isOpen(node)
    case 'whole':
      return (
        node.type === 'int' || (node.type === 'float' && Number.isInteger(Number(node.text))) || isOpen(node)
      )
    case 'number':
      return node.type === 'int' || node.type === 'float' || isOpen(node)
  }
}

const KINDS: readonly (readonly [kind: Kind, words: string])[] = [
  ['flag', 'a boolean'],
  ['whole', 'a whole number'],
  ['number', 'a number'],
  ['text', 'a string'],
]

function wrongForm(node: Node, form: Form, path: Path): Problem {
  const kinds = form.scalar?.kinds ?? []
  const wanted = [
    ...KINDS.filter(([kind]) => kinds.includes(kind)).map(([, words]) => words),
    ...(form.mapping === undefined ? [] : ['a mapping']),
    ...(form.list === undefined ? [] : ['a list']),
    ...(kinds.includes('empty') ? ['empty'] : []),
  ]
  return refused(node, `Key ${show(path)} must be ${oneOf(wanted)}`, remedy(node, form, kinds))
}

/** Returns how to write a value that has the wrong form; undefined if the reference explains it best. */
function remedy(node: Node, { scalar, list }: Form, kinds: readonly Kind[]): string | undefined {
  if (node.kind !== 'scalar') return undefined
  if (node.type === 'null') return 'Give it a value, or remove the key.'
  if (scalar?.unit !== undefined && node.type === 'int' && node.text !== '0')
    return `Add a unit: 30${scalar.unit}`
  if (kinds.includes('text') && kinds.includes('number')) return 'Put it in quotes.'
  if (kinds.includes('flag')) return 'Write true or false, without quotes.'
  if (kinds.includes('whole')) return 'Write a whole number, without quotes.'
  if (kinds.includes('text')) return 'Put it in quotes.'
  if (kinds.includes('number')) return 'Write a number, without quotes.'
  return list === undefined ? undefined : 'Write it as a list: [a, b]'
}

function unknownKey(key: ScalarNode, { keys }: MappingForm, path: Path | null): Problem {
  const name = JSON.stringify(key.raw)
  if (keys === undefined) {
    const where = path === null ? 'the file' : show(path)
    return refused(key, `${name} in ${where} is not a valid name: only letters, digits and . _ - are allowed`)
  }
  const near = [...keys.keys()].find(
    (known) => known === `${key.raw}s` || `${known}s` === key.raw || known === key.raw.toLowerCase(),
  )
  const where = path === null ? 'at the top level' : `in ${show(path)}`
  return refused(key, `Unknown key ${name} ${where}`, near && `Write ${near} instead.`)
}

/** `services.redis.healthcheck.interval` */
function show(path: Path): string {
  return path.from === null ? String(path.step) : `${show(path.from)}.${path.step}`
}
