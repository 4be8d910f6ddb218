/** The interface that the layouts of workspaces implement, one file each. */
import { posix } from 'node:path'
import type { FeatureSource } from '../merge/source.js'
import type { Place, Problem } from '../problem.js'

/** The environments that may have a template of their own. */
export const ENVIRONMENTS = ['dev', 'prod'] as const

export type Environment = (typeof ENVIRONMENTS)[number]

/** The only code that knows where files are. Paths are relative to the workspace, with `/`. */
export interface Layout {
  /** `project`: a Compose project on its own, as one product without features. */
  readonly kind: 'workspace' | 'project'
  readonly list: () => Listing
  /** Returns the places of a product, whether or not it exists. */
  readonly product: (name: string) => ProductPlaces
  /** Returns the places of a feature, whether or not it exists. */
  readonly feature: (name: string) => FeaturePlaces
  /** Return the product or feature in whose folder a path is; null for none. */
  readonly productAt: (path: string) => string | null
  readonly featureAt: (path: string) => string | null
  /** The settings file of the workspace, under each of its names. */
  readonly settings: readonly string[]
  /** Returns true for the name of a template. */
  readonly isTemplate: (file: string) => boolean
  /** The environment if the user chooses none; otherwise, each product env remembers its own. */
  readonly environment?: Environment
  /** The product if the user names none. */
  readonly defaultProduct?: string
  /** Why features and products are not created or changed here, and what to do instead. */
  readonly fixed?: { readonly message: string; readonly next: string }
  /** Folders have files for many purposes, so unread files and missing templates are not reported. */
  readonly hasOtherFiles?: true
  /**
   * Reads what files other than templates and `product.yaml` say about a product's merge.
   * @param file the product env or, if there is none, the example
   * @param text with which the merge starts, a byte string
   */
  readonly declared?: (product: string, file: string, text: string) => Promise<Declared>
  /** Returns what a merge sets for a feature besides its template: byte strings, `__PRODUCT__` for the product. */
  readonly given?: (feature: string) => Promise<ReadonlyMap<string, string>>
}

/** What another tool's files say about a product's merge. */
export interface Declared {
  readonly features: readonly NamedFeature[]
  /** Variables, strongest first: all of them beat the features' templates. */
  readonly variables: readonly FeatureSource[]
  /** The features with Compose projects of their own, which read the product env. */
  readonly stacks: readonly FeatureStack[]
  readonly problems: readonly Problem[]
}

/** The Compose project of a feature in one product. */
export interface FeatureStack {
  readonly project: string
  readonly file: string
}

/** A feature, and where a product names it. */
export interface NamedFeature {
  readonly feature: string
  readonly place: Place
}

interface Listing {
  /** Names, by code point. */
  readonly products: readonly string[]
  readonly features: readonly string[]
  readonly problems: readonly Problem[]
}

/** Of a file with several names, the first that exists counts. */
interface Places {
  readonly folder: string
  /** The template of a feature, or the text from which a product env is created. */
  readonly templates: (environment: Environment | null) => readonly string[]
  readonly composeFiles: readonly string[]
  /** The default names, for new files. */
  readonly newTemplate: string
  readonly newComposeFile: string
}

interface ProductPlaces extends Places {
  readonly settings: readonly string[]
  readonly env: string
  readonly overlay: (instance: string) => string
  /** The Compose project, unless an env file or a Compose file names it; defaults to the name of the folder. */
  readonly project?: string
  /** The text from which the env is created is a template, too: later merges add what is new in it. */
  readonly mergesExample?: true
}

interface FeaturePlaces extends Places {
  /** A released version, which is not edited here. */
  readonly isPinned?: boolean
  readonly settings: readonly string[]
  /** The value of `__FEATURE_HOST_DIR__`, absolute. */
  readonly hostDir: string
}

/** Returns the places that all layouts name alike. */
export function placesIn(
  folder: string,
  templates: readonly string[],
  composeFiles: readonly string[],
): Places {
  const inside = (name: string) => posix.join(folder, name)
  return {
    folder,
    templates: (environment) => templateNames(templates, environment).map(inside),
    composeFiles: composeFiles.map(inside),
    newTemplate: inside('.env.example'),
    newComposeFile: inside('compose.yaml'),
  }
}

/** The names under which `docker compose` looks for its file, in Compose's order. */
export const COMPOSE_FILES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml']

/** The names of the file that Compose merges into it. */
export const COMPOSE_OVERRIDES = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
]

/** Of features, products and instances. No match leads out of the workspace. */
export const NAME_PATTERN = '^[A-Za-z0-9][A-Za-z0-9._-]*$'

/** Returns the names of a template, each after its variant for the environment: `.env.dev.example`, `.env.example`. */
function templateNames(names: readonly string[], environment: Environment | null): readonly string[] {
  if (environment === null) return names
  return [...new Set(names.flatMap((name) => [name.replace(/env(?=[^/]*$)/, `env.${environment}`), name]))]
}

/** Returns a test for the names of templates. @param names without an environment */
export function templateTest(names: readonly string[]): (file: string) => boolean {
  const all = new Set(ENVIRONMENTS.flatMap((environment) => templateNames(names, environment)))
  const known = new Set([...all].map((name) => posix.basename(name)))
  return (file) => known.has(posix.basename(file))
}

export function yamlNames(stem: string): readonly string[] {
  return [`${stem}.yaml`, `${stem}.yml`]
}

/** Returns true for a product env and for the overlay of an instance. */
export function isProductEnv(layout: Layout, file: string): boolean {
  if (!/^\.env(?:$|\.)/.test(posix.basename(file)) || layout.isTemplate(file)) return false
  const product = layout.productAt(file)
  return product !== null && posix.dirname(file) === layout.product(product).folder
}
