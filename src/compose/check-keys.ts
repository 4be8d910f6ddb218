/**
 * Holds what Compose files come to against the keys and forms of keys.ts, as Compose does before it makes anything of
 * them. In doubt a value passes: a file that Compose reads must not be refused.
 */
import type { Problem } from '../problem.js'
import { file } from './keys.js'
import type { MappingNode, Node, ScalarNode, SequenceNode } from './node.js'
import { anything, type Form, type Kind, type MappingForm, type ScalarForm } from './notation.js'
import { oneOf, problemAt } from './problems.js'

/** What does not fit, and where. */
interface Misfit {
  readonly node: Node
  readonly message: string
  readonly next: string
}

/** The steps that lead to a value, innermost first: lists of them share their ends. */
interface Path {
  readonly step: string | number
  readonly from: Path | null
}

/** Checks what one project's files come to. @param seen what was checked before; files that are included share their parts */
export function checkKeys(model: MappingNode, problems: Problem[], seen: WeakSet<Node>): void {
  const misfits: Misfit[] = []
  const top = file.mapping as MappingForm
  for (const [section, { key, value }] of model.entries) {
    const form = formOf(section, top)
    const path = { step: section, from: null }
    if (form === undefined) misfits.push(unknownKey(key, top, null))
    else if (value.kind !== 'mapping' || form.mapping === undefined) check(value, form, path, misfits)
    else {
      for (const [name, entry] of value.entries) {
        if (seen.has(entry.value)) continue
        if (entry.value.kind !== 'scalar') seen.add(entry.value)
        checkEntry(name, entry.key, entry.value, form.mapping, path, misfits)
      }
    }
  }
  for (const { node, message, next } of misfits) {
    problems.push(problemAt('compose-refused', node, message, next))
  }
}

function check(node: Node, form: Form, path: Path, misfits: Misfit[]): void {
  if (form === anything) return
  if (node.kind === 'scalar' && form.scalar !== undefined && isOneOf(node, form.scalar.kinds))
    checkScalar(node, form.scalar, path, misfits)
  else if (node.kind === 'sequence' && form.list !== undefined) checkList(node, form.list, path, misfits)
  else if (node.kind === 'mapping' && form.mapping !== undefined)
    checkMapping(node, form.mapping, path, misfits)
  else misfits.push(wrongForm(node, form, path))
}

function checkList({ items }: SequenceNode, form: Form, path: Path, misfits: Misfit[]): void {
  items.forEach((item, step) => {
    check(item, form, { step, from: path }, misfits)
  })
}

function checkMapping(node: MappingNode, form: MappingForm, path: Path, misfits: Misfit[]): void {
  for (const [name, { key, value }] of node.entries) checkEntry(name, key, value, form, path, misfits)
  for (const name of form.needs) {
    if (node.entries.has(name)) continue
    misfits.push({ node, message: `Key ${show(path)} has no \`${name}\``, next: REFERENCE })
  }
}

function checkEntry(
  name: string,
  key: ScalarNode,
  value: Node,
  mapping: MappingForm,
  path: Path,
  misfits: Misfit[],
): void {
  const form = formOf(name, mapping)
  if (form === undefined) misfits.push(unknownKey(key, mapping, path))
  else check(value, form, { step: key.raw, from: path }, misfits)
}

/** What a key may hold; undefined if the key may not be there. */
function formOf(name: string, { keys, each, names, others }: MappingForm): Form | undefined {
  if (keys !== undefined) return keys.get(name) ?? (name.startsWith('x-') ? anything : undefined)
  return names?.test(name) === false ? others : each
}

function checkScalar(node: ScalarNode, { limit }: ScalarForm, path: Path, misfits: Misfit[]): void {
  if (limit === undefined || isOpen(node) || limit.allows(node)) return
  misfits.push({ node, message: `Key ${show(path)} ${limit.rule}`, next: REFERENCE })
}

/** What a variable stands for is not known for good: the product may set another value. */
export function isOpen(node: Node): boolean {
  return node.kind === 'scalar' && node.raw.includes('$')
}

function isOneOf(node: ScalarNode, kinds: readonly Kind[]): boolean {
  for (const kind of kinds) if (isOf(node, kind)) return true
  return false
}

function isOf(node: ScalarNode, kind: Kind): boolean {
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

function wrongForm(node: Node, form: Form, path: Path): Misfit {
  const kinds = form.scalar?.kinds ?? []
  const wanted = [
    ...KINDS.filter(([kind]) => kinds.includes(kind)).map(([, word]) => word),
    ...(form.mapping === undefined ? [] : ['a mapping']),
    ...(form.list === undefined ? [] : ['a list']),
    ...(kinds.includes('empty') ? ['empty'] : []),
  ]
  return { node, message: `Key ${show(path)} must be ${oneOf(wanted)}`, next: remedy(node, form, kinds) }
}

const KINDS: readonly (readonly [kind: Kind, word: string])[] = [
  ['flag', 'a boolean'],
  ['whole', 'a whole number'],
  ['number', 'a number'],
  ['text', 'a string'],
]

const QUOTES = 'Put it in quotes.'

/** How to write a value that has the wrong form. */
function remedy(node: Node, { scalar, list }: Form, kinds: readonly Kind[]): string {
  if (node.kind !== 'scalar') return REFERENCE
  if (node.type === 'null') return 'Give it a value, or remove the key.'
  if (scalar?.unit !== undefined && node.type === 'int' && node.text !== '0')
    return `Add a unit: 30${scalar.unit}`
  if (kinds.includes('text') && kinds.includes('number')) return QUOTES
  if (kinds.includes('flag')) return 'Write true or false, without quotes.'
  if (kinds.includes('whole')) return 'Write a whole number, without quotes.'
  if (kinds.includes('text')) return QUOTES
  if (kinds.includes('number')) return 'Write a number, without quotes.'
  return list === undefined ? REFERENCE : 'Write it as a list: [a, b]'
}

function unknownKey(key: ScalarNode, { keys }: MappingForm, path: Path | null): Misfit {
  if (keys === undefined) {
    const message = `${JSON.stringify(key.raw)} in ${path === null ? 'the file' : show(path)} is not a valid name: only letters, digits and . _ - are allowed`
    return { node: key, message, next: REFERENCE }
  }
  const near = [...keys.keys()].find(
    (name) => name === `${key.raw}s` || `${name}s` === key.raw || name === key.raw.toLowerCase(),
  )
  const where = path === null ? 'at the top level' : `in ${show(path)}`
  const next = near === undefined ? REFERENCE : `Write ${near} instead.`
  return { node: key, message: `Unknown key ${JSON.stringify(key.raw)} ${where}`, next }
}

export const REFERENCE = 'See the Compose file reference: https://docs.docker.com/reference/compose-file/'

/** `services.redis.healthcheck.interval` */
function show(path: Path): string {
  return path.from === null ? String(path.step) : `${show(path.from)}.${path.step}`
}
