/** All features of a workspace: makes the context of each, and lets a fix replace one. */
import type { ComposeProject } from '../compose/project.js'
import type { EphemeralRange } from '../ports/hazards.js'
import { MAX_PORT } from '../ports/value.js'
import { type LintContext, type LintSource, readCompose, readTemplate, type Template } from './context.js'
import { type Neighbours, type Stated, statedBy } from './neighbours.js'

/** What is the same for every feature. */
export interface LintSettings {
  readonly modulus: number
  readonly ephemeral: EphemeralRange | null
  /** Whether a Compose file of some product refers to a variable. */
  readonly isUsedByProducts: (key: string) => boolean
}

interface ReadFeature {
  readonly source: LintSource
  readonly templates: readonly Template[]
  /** By template: Compose reads other values with each. */
  readonly projects: Map<Template, ComposeProject | null>
}

/** The features of a workspace. What is compared among all of them is worked out once, and again after a change. */
export class Surroundings {
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
      protocols: ({ feature, key }) => this.protocols(feature, environment, key),
      isUsed: (key) => this.settings.isUsedByProducts(key) || this.isUsedByOthers(name, key),
    }
  }

  private protocols(name: string, environment: string | null, key: string): ReadonlySet<string> {
    const feature = this.features.get(name)
    const template = feature === undefined ? undefined : templateFor(feature, environment)
    if (feature === undefined || template === undefined) return new Set()
    return publishedProtocols(this.project(feature, template), key)
  }

  private isUsedByOthers(name: string, key: string): boolean {
    for (const feature of this.features.values()) {
      const { composeFile, read } = feature.source
      if (feature.source.name === name || composeFile === null) continue
      // A look at the text is enough to say that nobody names it, and hundreds of times as fast.
      if (read(composeFile)?.includes(key)) return true
    }
    return false
  }
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
}

/** Of those who state one port, this many are remembered, and of one feature this many: enough to name one. */
const MAX_SAME = 32
const MAX_SAME_FEATURE = 4

function withBase({ byPort }: View, { from, to }: { readonly from: number; readonly to: number }): Stated[] {
  const found: Stated[] = []
  for (let port = from; port <= Math.min(to, MAX_PORT) && found.length < MAX_SAME; port++) {
    found.push(...(byPort.get(port) ?? []))
  }
  return found
}

function addBase(byPort: Map<number, Stated[]>, stated: Stated): void {
  const { from, to } = stated.base ?? { from: 1, to: 0 }
  for (let port = from; port <= Math.min(to, MAX_PORT); port++) {
    const same = byPort.get(port) ?? []
    const own = same.filter(({ feature }) => feature === stated.feature).length
    if (same.length < MAX_SAME && own < MAX_SAME_FEATURE) same.push(stated)
    if (same.length === 1) byPort.set(port, same)
  }
}

function viewOf(features: readonly ReadFeature[], environment: string | null): View {
  const byKey = new Map<string, Stated[]>()
  const byPort = new Map<number, Stated[]>()
  for (const feature of features) {
    const template = templateFor(feature, environment)
    for (const stated of template === undefined ? [] : statedBy(feature.source.name, template)) {
      const known = byKey.get(stated.key)
      if (known === undefined) byKey.set(stated.key, [stated])
      else known.push(stated)
      if (stated.base !== null) addBase(byPort, stated)
    }
  }
  return { byKey, byPort }
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
