/** Lints workspaces that are only literals. */
import { decode, encode } from '../../src/env/bytes.js'
import type { LintContext, LintSource } from '../../src/lint/context.js'
import { FeatureIndex } from '../../src/lint/feature-index.js'
import { type Fixed, fixFeature } from '../../src/lint/fix-feature.js'
import { lintFeature } from '../../src/lint/registry.js'
import type { Example, Finding } from '../../src/lint/rule.js'

const TEMPLATES = [
  { environment: null, name: '.env.example' },
  { environment: 'dev', name: '.env.dev.example' },
  { environment: 'prod', name: '.env.prod.example' },
]

/** The features of a workspace's files, by name. @param files texts, or bytes one character each */
export function sourcesOf(files: Example, areBytes = false): LintSource[] {
  const texts = new Map(Object.entries(files).map(([file, text]) => [file, areBytes ? text : encode(text)]))
  const names = new Set([...texts.keys()].flatMap((file) => /^features\/([^/]+)\//.exec(file)?.[1] ?? []))
  return [...names].sort().map((name) => {
    const folder = `features/${name}`
    const all = TEMPLATES.map(({ environment, name: file }) => ({ environment, file: `${folder}/${file}` }))
    const there = all.filter(({ file }) => texts.has(file))
    return {
      name,
      folder,
      templates: there.length > 0 ? there : all.slice(0, 1),
      composeFile: texts.has(`${folder}/compose.yaml`) ? `${folder}/compose.yaml` : null,
      portVariables: patternsIn(texts.get(`${folder}/feature.yaml`)),
      read: (file) => texts.get(file) ?? null,
    }
  })
}

/** In a fixture, the list is a flow sequence. */
function patternsIn(text = ''): string[] {
  const [, list] = /^portVariables: \[(.*)\]$/m.exec(text) ?? []
  return list === undefined ? [] : list.split(', ')
}

export function indexOf(sources: readonly LintSource[], files: Example = {}): FeatureIndex {
  const products = Object.entries(files).filter(([file]) => file.startsWith('products/'))
  return new FeatureIndex(sources, {
    modulus: 1000,
    ephemeral: { from: 32768, to: 60999 },
    productTexts: () => products.map(([, text]) => encode(text)),
    productEnvs: () => [],
  })
}

/** What is found in one feature of the files. */
export function lint(files: Example, name = 'redis'): Finding[] {
  return lintFeature(contextsOf(files, name))
}

function contextsOf(files: Example, name = 'redis'): LintContext[] {
  return indexOf(sourcesOf(files), files).contexts(name)
}

/** The same, short: `.env.example:3 duplicate-key`. */
export function found(files: Example, name = 'redis'): string[] {
  return lint(files, name).map(
    ({ code, file, line }) => `${file.replace(/^features\/[^/]+\//, '')}:${line} ${code}`,
  )
}

/** The files after `--fix` of one feature, and what became of it. */
export function fixed(files: Example, name = 'redis', areBytes = false): Fixed & { readonly files: Example } {
  const sources = sourcesOf(files, areBytes)
  const source = sources.find((each) => each.name === name) as LintSource
  const result = fixFeature(source, indexOf(sources, files))
  const shown = (text: string) => (areBytes ? text : decode(text))
  const changed = Object.fromEntries(result.changes.map(({ file, after }) => [file, shown(after as string)]))
  return { ...result, files: { ...files, ...changed } }
}
