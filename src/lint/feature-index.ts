/** All features of a workspace: makes the context of each, and lets a fix replace one. */
import type { EphemeralRange } from '../claims/hazards.js'
import type { ComposeProject } from '../compose/project.js'
import { encode } from '../env/bytes.js'
import { rangesOverlap } from '../ports/overlap.js'
import { MAX_PORT } from '../ports/value.js'
import { type LintContext, type LintSource, readCompose, readTemplate, type Template } from './context.js'
import { type Neighbours, type Stated, statedBy } from './neighbours.js'

/** What is the same for every feature. */
export interface LintSettings {
  readonly modulus: number
  readonly ephemeral: EphemeralRange | null
  /** The texts of the products' Compose files; asked for only where they count. */
  readonly productTexts: () => readonly string[]
}

interface ReadFeature {
  readonly source: LintSource
  readonly templates: readonly Template[]
  /** By template: Compose reads other values with each. */
  readonly projects: Map<Template, ComposeProject | null>
}

/** The features of a workspace. What is compared among all of them is worked out once, and again after a change. */
export class FeatureIndex {
  private readonly features = new Map<string, ReadFeature>()
  private readonly views = new Map<string | null, View>()

  constructor(
    sources: readonly LintSource[],
    private readonly settings: LintSettings,
  ) {
    for (const source of sources) this.features.set(source.name, readFeature(source))
  }

  /** Puts a feature in the place of the one of its name. */
  replace(source: LintSource): void {
    this.features.set(source.name, readFeature(source))
    this.views.clear()
  }

  /** Runs something that may replace a feature, and puts it back as it was. */
  restoring<Result>(name: string, run: () => Result): Result {
    const feature = this.features.get(name) as ReadFeature
    const views = [...this.views]
    const result = run()
    this.features.set(name, feature)
    this.views.clear()
    for (const [environment, view] of views) this.views.set(environment, view)
    return result
  }

  /** The contexts of a feature, one a template. @param name one of the sources' */
  contexts(name: string): LintContext[] {
    const feature = this.features.get(name) as ReadFeature
    const { source, templates } = feature
    return templates.map((template) => ({
      feature: name,
      folder: source.folder,
      template,
      templates,
      compose: this.project(feature, template),
      read: source.read,
      others: this.neighbours(name, template.environment),
      modulus: this.settings.modulus,
      ephemeral: this.settings.ephemeral,
    }))
  }

  private project(feature: ReadFeature, template: Template): ComposeProject | null {
    const known = feature.projects.get(template)
    if (known !== undefined) return known
    const project = readCompose(feature.source, template)
    feature.projects.set(template, project)
    return project
  }

  private neighbours(name: string, environment: string | null): Neighbours {
    const view = this.views.get(environment) ?? viewOf([...this.features.values()], environment)
    this.views.set(environment, view)
    const others = ({ feature }: Stated) => feature !== name
    return {
      stating: (key) => view.byKey.get(key)?.filter(others) ?? [],
      withBase: (base) => withBase(view, base).filter(others),
      protocols: ({ feature, key }) => publishedProtocols(this.projectOf(feature, environment), key),
      ports: ({ feature }) => this.projectOf(feature, environment)?.ports ?? [],
      // A look at the text is enough to say that nobody names it, and hundreds of times as fast.
      isUsed: (word) => this.isOutside(name, ({ compose }) => compose?.includes(word) ?? false),
      hasKey: (key) =>
        this.isOutside(name, ({ compose }) => compose !== null && hasKey(compose, encode(key))),
      names: (text) => {
        const word = encode(text)
        return this.isOutside(name, ({ compose, templates }) =>
          [compose ?? '', ...templates].some((each) => hasWord(each, word)),
        )
      },
      publishing: (range) => {
        view.literals ??= this.literals(environment)
        const theirs = view.literals.filter(({ feature, host }) => {
          return feature !== name && rangesOverlap(host, range)
        })
        return [...new Set(theirs.map(({ feature }) => feature))]
      },
    }
  }

  private projectOf(name: string, environment: string | null): ComposeProject | null {
    const feature = this.features.get(name)
    const template = feature === undefined ? undefined : templateFor(feature, environment)
    return feature === undefined || template === undefined ? null : this.project(feature, template)
  }

  /** Whether something is true of the texts of a product or of another feature. */
  private isOutside(name: string, test: (texts: Texts) => boolean): boolean {
    if (this.settings.productTexts().some((compose) => test({ compose, templates: [] }))) return true
    for (const { source, templates } of this.features.values()) {
      const { composeFile, read } = source
      if (source.name === name) continue
      const compose = composeFile === null ? null : read(composeFile)
      if (test({ compose, templates: templates.map(({ text }) => text ?? '') })) return true
    }
    return false
  }

  /** The host ports that the features' Compose files state as numbers. */
  private literals(environment: string | null): Literal[] {
    return [...this.features.values()].flatMap((feature): Literal[] => {
      const { name, composeFile, read, folder } = feature.source
      const template = templateFor(feature, environment)
      // Most files have none, and need not be read for that.
      const isCandidate = composeFile !== null && MAYBE_LITERAL.test(read(composeFile) ?? '')
      const ports = !isCandidate || template === undefined ? [] : this.project(feature, template)?.ports
      return (ports ?? []).flatMap(({ literal, host, span }) => {
        return literal && host !== null && span.file.startsWith(`${folder}/`) ? [{ feature: name, host }] : []
      })
    })
  }
}

/** The text of a Compose file, and those of templates: byte strings. */
interface Texts {
  readonly compose: string | null
  readonly templates: readonly string[]
}

/** A host port that a feature's Compose file states as a number. */
interface Literal {
  readonly feature: string
  readonly host: { readonly from: number; readonly to: number }
}

const MAYBE_LITERAL = /(?<![\w}])\d{1,5}(?:-\d{1,5})?:\d|published|include/

function hasKey(text: string, key: string): boolean {
  const escaped = key.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`(?:^|[\\s{,"'])${escaped}["']?\\s*:`, 'm').test(text)
}

/** The protocols for which a project publishes a variable. */
export function publishedProtocols(project: ComposeProject | null, key: string): ReadonlySet<string> {
  if (project === null) return NONE
  let known = protocols.get(project)
  if (known === undefined) {
    known = new Map()
    for (const { references, protocol } of project.ports) {
      for (const { name } of references) known.set(name, (known.get(name) ?? new Set()).add(protocol))
    }
    protocols.set(project, known)
  }
  return known.get(key) ?? NONE
}

const NONE: ReadonlySet<string> = new Set()
/** Worked out once a project; by variable. */
const protocols = new WeakMap<ComposeProject, Map<string, Set<string>>>()

interface View {
  readonly byKey: ReadonlyMap<string, readonly Stated[]>
  /** Those with base ports, by port. */
  readonly byPort: ReadonlyMap<number, readonly Stated[]>
  /** Worked out when the first one is asked for: it takes the Compose files. */
  literals?: readonly Literal[]
}

function withBase({ byPort }: View, { from, to }: { readonly from: number; readonly to: number }): Stated[] {
  const found: Stated[] = []
  for (let port = from; port <= Math.min(to, MAX_PORT); port++) {
    found.push(...(byPort.get(port) ?? []))
  }
  return found
}

function addBase(byPort: Map<number, Stated[]>, stated: Stated): void {
  const { from, to } = stated.base ?? { from: 1, to: 0 }
  for (let port = from; port <= Math.min(to, MAX_PORT); port++) {
    const same = byPort.get(port)
    if (same === undefined) byPort.set(port, [stated])
    else same.push(stated)
  }
}

function viewOf(features: readonly ReadFeature[], environment: string | null): View {
  const byKey = new Map<string, Stated[]>()
  const byPort = new Map<number, Stated[]>()
  for (const feature of features) {
    const template = templateFor(feature, environment)
    for (const stated of template === undefined ? [] : statements(feature.source.name, template)) {
      const known = byKey.get(stated.key)
      if (known === undefined) byKey.set(stated.key, [stated])
      else known.push(stated)
      if (stated.base !== null) addBase(byPort, stated)
    }
  }
  return { byKey, byPort }
}

/** Worked out once a template, which belongs to one feature: a view is made anew after each change of any of them. */
const known = new WeakMap<Template, Stated[]>()

function statements(feature: string, template: Template): Stated[] {
  const stated = known.get(template) ?? statedBy(feature, template)
  known.set(template, stated)
  return stated
}

/** The template that a merge in an environment reads. */
function templateFor({ templates }: ReadFeature, environment: string | null): Template | undefined {
  return (
    templates.find((template) => template.environment === environment) ??
    templates.find((template) => template.environment === null)
  )
}

function readFeature(source: LintSource): ReadFeature {
  const templates = source.templates.map((template) => readTemplate(source, template))
  return { source, templates, projects: new Map() }
}

/** Returns true if a text has a name in it that is not part of a longer name, a path or a domain. */
export function hasWord(text: string, word: string): boolean {
  if (word === '') return false
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + word.length)) {
    const before = text.slice(Math.max(0, at - 2), at)
    const after = text.slice(at + word.length, at + word.length + 1)
    if (!/[\w.-]$|(?:^|[^/])\/$/.test(before) && !/[\w-]/.test(after)) return true
  }
  return false
}
