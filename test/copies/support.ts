/** Copies of small projects, planned in memory. */
import { dirname } from 'node:path'
import { planCopy } from '../../src/copies/plan.js'
import type { CopyPlan, CopySource } from '../../src/copies/source.js'
import { encode } from '../../src/env/bytes.js'

/** A project's files by path; `compose.yaml` and `.env` are those that Compose reads by itself. */
export type Files = Readonly<Record<string, string>>

function sourceOf(files: Files, more: Partial<CopySource> = {}): CopySource {
  const env = { file: '.env', text: encode(files['.env'] ?? '') }
  const readText = (path: string): string | null => files[path] ?? null
  return {
    name: 'blue',
    product: 'shop',
    original: 'shop',
    project: 'shop-blue',
    offset: { stated: 100, modulus: 1000 },
    files: ['compose.yaml'],
    directory: dirname('compose.yaml'),
    readText,
    parsed: new Map(),
    env,
    paths: { kindOf: () => 'folder', placeOf: (path) => (/^\/|^\.\./.test(path) ? 'outside' : 'own') },
    override: { file: 'compose.override.yaml', isDefault: true },
    listed: ['compose.yaml'],
    taken: [],
    ...more,
  }
}

export function copyOf(files: Files, more: Partial<CopySource> = {}): CopyPlan {
  return planCopy(sourceOf(files, more))
}

/** The override without its marks. */
export function bodyOf({ override }: CopyPlan): string {
  return (override ?? '').split('\n').slice(1, -2).join('\n')
}
