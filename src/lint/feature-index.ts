/** All features of a workspace: makes the context of each, and lets a fix replace one. */
import { groupBy } from '../claims/group.js'
import type { EphemeralRange } from '../claims/hazards.js'
import type { ComposeProject } from '../compose/project.js'
import { portsOfFeature } from '../compose/published-variables.js'
import { encode } from '../env/bytes.js'
import { type Range, rangesOverlap } from '../ports/overlap.js'
import { MAX_PORT, parsePortValue } from '../ports/value.js'
import type { IsPort } from '../ports/variable.js'
import {
  type Definition,
  type LintContext,
  type LintSource,
  type OtherFeatures,
  rawOf,
  readCompose,
  readTemplate,
  type Template,
} from './context.js'

interface LintSettings {
  readonly modulus: number
  readonly ephemeral: EphemeralRange | null
  /** Reads the products' Compose files, which few rules need. */
  readonly productTexts: () => readonly string[]
  /** Reads what the products' env files set themselves. */
  readonly productEnvs: () => readonly string[]
}

interface ReadFeature {
  readonly source: LintSource
  readonly templates: readonly Template[]
  readonly defined: ReadonlyMap<Template, readonly Definition[]>
  /** By template, whose values Compose reads. */
  readonly projects: Map<Template, ComposeProject | null>
}

/** All features in one environment. */
interface View {
  readonly byKey: ReadonlyMap<string, readonly Definition[]>
  readonly byPort: ReadonlyMap<number, readonly Definition[]>
  /** Host ports that Compose files publish as numbers; found on demand. */
  literals?: readonly { readonly feature: string; readonly host: Range }[]
}

export class FeatureIndex {
  private readonly features: Map<string, ReadFeature>
  /** By environment; cleared by each change. */
  private readonly views = new Map<string | null, View>()

  constructor(
    sources: readonly LintSource[],
    private readonly settings: LintSettings,
  ) {
    this.features = new Map(sources.map((source) => [source.name, readFeature(source)]))
  }

  /** Replaces the feature of that name. */
  replace(source: LintSource): void {
    this.features.set(source.name, readFeature(source))
    this.views.clear()
  }

  /** Returns an index whose features can be replaced without a change to this one. */
  copy(): FeatureIndex {
    const copy = new FeatureIndex([], this.settings)
    for (const [name, feature] of this.features) copy.features.set(name, feature)
    return copy
  }

  /** Returns the contexts of a feature, one for each template. */
  contexts(name: string): LintContext[] {
    const feature = this.features.get(name) as ReadFeature
    const { source, templates } = feature
    const { modulus, ephemeral } = this.settings
    return templates.map((template) => ({
      feature: name,
      folder: source.folder,
      template,
      templates,
      compose: projectOf(feature, template),
      read: source.read,
      others: this.others(name, template.environment),
      isPort: portsIn(feature, template),
      modulus,
      ephemeral,
    }))
  }

  private others(name: string, environment: string | null): OtherFeatures {
    const view = this.views.get(environment) ?? this.viewOf(environment)
    this.views.set(environment, view)
    const isOther = ({ feature }: { readonly feature: string }) => isOtherFeature(feature, name)
    return {
      defining: (key) => view.byKey.get(key)?.filter(isOther) ?? [],
      withBase: (base) => portsOf(base).flatMap((port) => view.byPort.get(port)?.filter(isOther) ?? []),
      ports: ({ feature }) => this.projectIn(feature, environment)?.ports ?? [],
      isUsed: (text) => this.isOutside(name, (compose) => compose.includes(text)),
      mentions: (variable) => {
        const word = new RegExp(`(?<!\\w)${escaped(encode(variable))}(?!\\w)`)
        return (
          this.settings.productEnvs().some((env) => word.test(env)) ||
          this.isOutside(name, (compose, templates) =>
            [compose, ...templates].some((each) => word.test(each)),
          )
        )
      },
      hasKey: (key) => {
        const pattern = new RegExp(`(?:^|[\\s{,"'])${escaped(encode(key))}["']?\\s*:`, 'm')
        return this.isOutside(name, (compose) => pattern.test(compose))
      },
      names: (text) => {
        const word = encode(text)
        return this.isOutside(name, (compose, templates) =>
          [compose, ...templates].some((each) => hasWord(each, word)),
        )
      },
      publishing: (range) => {
        view.literals ??= this.literals(environment)
        const theirs = view.literals.filter((each) => isOther(each) && rangesOverlap(each.host, range))
        return [...new Set(theirs.map(({ feature }) => feature))]
      },
    }
  }

  private viewOf(environment: string | null): View {
    const all = [...this.features.values()].flatMap((feature) => {
      const template = templateFor(feature, environment)
      return template === undefined ? [] : (feature.defined.get(template) ?? [])
    })
    const ports = all.flatMap((defined) => portsOf(defined.base).map((port) => ({ port, defined })))
    const byPort = groupBy(ports, ({ port }) => port)
    return {
      byKey: groupBy(all, ({ key }) => key),
      byPort: new Map([...byPort].map(([port, found]) => [port, found.map(({ defined }) => defined)])),
    }
  }

  private projectIn(name: string, environment: string | null): ComposeProject | null {
    const feature = this.features.get(name)
    const template = feature === undefined ? undefined : templateFor(feature, environment)
    return feature === undefined || template === undefined ? null : projectOf(feature, template)
  }

  /** Searches the texts of products and other features, which is much faster than to parse them. */
  private isOutside(name: string, test: (compose: string, templates: readonly string[]) => boolean): boolean {
    if (this.settings.productTexts().some((compose) => test(compose, []))) return true
    return [...this.features.values()].some(({ source, templates }) => {
      if (!isOtherFeature(source.name, name)) return false
      const compose = source.composeFile === null ? null : source.read(source.composeFile)
      return test(
        compose ?? '',
        templates.map(({ text }) => text ?? ''),
      )
    })
  }

  private literals(environment: string | null): NonNullable<View['literals']> {
    return [...this.features.values()].flatMap(({ source: { name, composeFile, read, folder } }) => {
      // Most files have none, and need not be parsed.
      const isCandidate = composeFile !== null && MAYBE_LITERAL.test(read(composeFile) ?? '')
      const ports = isCandidate ? this.projectIn(name, environment)?.ports : []
      return (ports ?? []).flatMap(({ literal, host, span }) => {
        return literal && host !== null && span.file.startsWith(`${folder}/`) ? [{ feature: name, host }] : []
      })
    })
  }
}

/** A product has one version of a feature, whatever the others set. */
function isOtherFeature(a: string, b: string): boolean {
  const plain = (name: string) => name.replace(/^.*\/|@.*/g, '')
  return plain(a) !== plain(b)
}

const MAYBE_LITERAL = /(?<![\w}])\d{1,5}(?:-\d{1,5})?:\d|published|include/

function readFeature(source: LintSource): ReadFeature {
  const templates = source.templates.map((template) => readTemplate(source, template))
  const feature = { source, templates, defined: new Map(), projects: new Map() }
  for (const template of templates) feature.defined.set(template, definitionsIn(feature, template))
  return feature
}

function projectOf({ source, projects }: ReadFeature, template: Template): ComposeProject | null {
  const project = projects.get(template) ?? readCompose(source, template)
  projects.set(template, project)
  return project
}

function portsIn(feature: ReadFeature, template: Template): IsPort {
  return portsOfFeature(feature.source.portVariables, () => projectOf(feature, template), template)
}

/** Returns the template that a merge in an environment reads. */
function templateFor({ templates }: ReadFeature, environment: string | null): Template | undefined {
  return (
    templates.find((template) => template.environment === environment) ??
    templates.find((template) => template.environment === null)
  )
}

function definitionsIn(feature: ReadFeature, template: Template): Definition[] {
  const isPort = portsIn(feature, template)
  return [...template.defined.values()].flatMap((statement): Definition[] => {
    const { key, line } = statement
    const value = template.reading.values.get(key)
    if (statement.kind === 'inherit' || value === undefined) return []
    const port = isPort(key) ? parsePortValue(rawOf(template, statement)) : 'empty'
    const base = typeof port === 'string' ? null : { from: port.from, to: port.to }
    return [{ feature: feature.source.name, file: template.file, line, key, value, base }]
  })
}

function portsOf(range: Range | null): number[] {
  if (range === null) return []
  const length = Math.min(range.to, MAX_PORT) - range.from + 1
  return Array.from({ length: Math.max(0, length) }, (_, index) => range.from + index)
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

/** Returns true if a text contains a name that is not part of a longer name, a path or a domain. */
export function hasWord(text: string, word: string): boolean {
  if (word === '' || !text.includes(word)) return false
  return new RegExp(`(?<![\\w.-])(?<!(?:^|[^/])/)${escaped(word)}(?![\\w-])`).test(text)
}
