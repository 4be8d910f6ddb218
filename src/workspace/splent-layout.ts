/**
 * The layout of a SPLENT workspace, by SPLENT's documentation and what splent_cli 1.22 does (product_env.py, compose.py):
 *
 *     <product>/pyproject.toml  docker/.env.dev.example  docker/docker-compose.dev.yml  docker/.env
 *     <feature>/pyproject.toml  docker/.env.example      docker/docker-compose.yml
 *     .splent_cache/features/<namespace>/<feature>@<version>/…
 */
import { join } from 'node:path'
import { decode } from '../env/bytes.js'
import { parseEnv } from '../env/document.js'
import { readEnv } from '../env/read.js'
import type { FeatureSource } from '../merge/source.js'
import { type Problem, problem } from '../problem.js'
import { foldersIn, isFile, isFolder, readText } from './files.js'
import type { Declared, Environment, FeatureStack, Layout, NamedFeature } from './layout.js'
import { yamlNames } from './layout.js'
import { isName, NAMES_ARE } from './names.js'
import {
  isSplent,
  listsFeatures,
  namedIn,
  type Outline,
  outlineOf,
  type Pyproject,
  readPyproject,
} from './pyproject.js'
import { remembered } from './remembered.js'

const CACHE = '.splent_cache/features'
const DEFAULT_NAMESPACE = 'splent_io'

/** The variables of the shell that SPLENT reads. */
export type Shell = Readonly<Record<string, string | undefined>>

/** Returns true if a folder has a SPLENT product. */
export function isSplentWorkspace(root: string): boolean {
  return foldersIn(root, '.').names.some(
    (name) => isFolder(join(root, name, 'docker')) && listsFeatures(outlineIn(root, name)),
  )
}

/** @param root absolute */
export function splentLayout(root: string, chosen: Environment | null, shell: Shell): Layout {
  const environment = chosen ?? (shell['SPLENT_ENV'] === 'prod' ? 'prod' : 'dev')
  const { products, editable } = foldersOf(root)
  const features = [...editable, ...pinnedFeatures(root)].sort()
  const hostRoot = shell['SPLENT_HOST_PROJECT_DIR'] || root
  // Products share features.
  const pyproject = remembered((folder) => pyprojectIn(root, folder))
  const folderOf = (feature: string): string => {
    if (editable.includes(feature)) return feature
    return `${CACHE}/${feature.includes('/') ? feature : `${DEFAULT_NAMESPACE}/${feature}`}`
  }
  const examples = (folder: string, each: Environment | null) => [
    `${folder}/docker/.env.${each ?? environment}.example`,
    `${folder}/docker/.env.example`,
  ]
  const placesIn = (folder: string) => ({
    // SPLENT reads one of them, even if there are both.
    composeFiles: composeFilesIn(`${folder}/docker`),
    newTemplate: `${folder}/docker/.env.example`,
    newComposeFile: `${folder}/docker/docker-compose.yml`,
  })
  const composeFilesIn = (folder: string): string[] => {
    const files = [`${folder}/docker-compose.${environment}.yml`, `${folder}/docker-compose.yml`]
    return files.filter((file, index) => index === 1 || isFile(join(root, file))).slice(0, 1)
  }
  const env = (product: string) => `${product}/docker/${environment === 'prod' ? '.env.deploy' : '.env'}`
  const featureAt = (path: string): string | null => {
    const pinned = path.startsWith(`${CACHE}/`) ? path.slice(CACHE.length + 1).split('/') : null
    const name = pinned === null ? path.split('/')[0] : keyOf(pinned[0] ?? '', pinned[1] ?? '')
    return name !== undefined && features.includes(name) ? name : null
  }
  const layout: Layout = {
    kind: 'workspace',
    environment,
    ...(shell['SPLENT_APP'] ? { defaultProduct: shell['SPLENT_APP'] } : {}),
    hasOtherFiles: true,
    fixed: {
      message: 'In a SPLENT workspace, pyproject.toml lists the features of a product',
      next: 'Run: splent product:create, splent feature:create or splent feature:attach.',
    },
    settings: yamlNames('workspace'),
    isTemplate: (file) =>
      /\.env(?:\.dev|\.prod)?\.example$/.test(file) ||
      (file.endsWith('/docker/.env') && featureAt(file) !== null),
    list: () => ({ products, features, problems: [] }),
    product: (name) => ({
      ...placesIn(name),
      folder: `${name}/docker`,
      // Without an example, SPLENT starts a deployment from the file of the development.
      templates: (each) => [
        ...examples(name, each),
        ...(environment === 'prod' ? [`${name}/docker/.env`] : []),
      ],
      settings: yamlNames(`${name}/product`),
      env: env(name),
      overlay: (instance) => `${name}/docker/.env.${instance}`,
      project: stackName(name, environment),
      mergesExample: true,
    }),
    feature: (name) => ({
      ...placesIn(folderOf(name)),
      folder: folderOf(name),
      templates: (each) => [`${folderOf(name)}/docker/.env`, ...examples(folderOf(name), each)],
      settings: yamlNames(`${folderOf(name)}/feature`),
      hostDir: join(hostRoot, folderOf(name)),
      isPinned: !editable.includes(name),
    }),
    productAt: (path) => products.find((name) => path === name || path.startsWith(`${name}/`)) ?? null,
    featureAt,
    given: async (feature) => {
      const { config } = await pyproject(folderOf(feature))
      return new Map([...readEnv(config.doc).values, ...derivedValues('__PRODUCT__', environment)])
    },
    declared: async (product, file, text) => {
      const read = await declared(root, product, environment, editable, layout, pyproject)
      const differing = otherThanSplent(product, environment, { file, env: env(product), text })
      return { ...read, problems: [...read.problems, ...differing] }
    },
  }
  return layout
}

/** SPLENT's `project_name`. */
function stackName(name: string, environment: Environment): string {
  return `${name}_${environment}`.replace(/[/@.]/g, '_')
}

/** Returns the products, and the editable features: folders that a product names, or that look like one. */
function foldersOf(root: string): {
  readonly products: readonly string[]
  readonly editable: readonly string[]
} {
  const outlines = new Map(
    foldersIn(root, '.')
      .names.filter(isName)
      .map((name) => [name, outlineIn(root, name)]),
  )
  const products = [...outlines].filter(([, outline]) => listsFeatures(outline))
  const named = new Set(products.flatMap(([, outline]) => namedIn(outline)))
  const editable = [...outlines].filter(
    ([name, outline]) =>
      !listsFeatures(outline) && (/^splent_feature_/.test(name) || named.has(name) || isSplent(outline)),
  )
  return { products: products.map(([name]) => name), editable: editable.map(([name]) => name) }
}

function outlineIn(root: string, folder: string): Outline {
  return outlineOf(tomlIn(root, folder).text)
}

function pinnedFeatures(root: string): string[] {
  return foldersIn(join(root, CACHE), CACHE).names.flatMap((namespace) =>
    foldersIn(join(root, CACHE, namespace), `${CACHE}/${namespace}`).names.map((name) =>
      keyOf(namespace, name),
    ),
  )
}

/** Returns the name of a pinned feature. @param name with its version */
function keyOf(namespace: string, name: string): string {
  return namespace === DEFAULT_NAMESPACE ? name : `${namespace}/${name}`
}

function tomlIn(root: string, folder: string) {
  const file = `${folder}/pyproject.toml`
  const { text, problem } = readText(join(root, file), file)
  return { file, text: decode(text ?? ''), problems: problem === null ? [] : [problem] }
}

/** @param folder of a product or feature; without the file, it says nothing */
async function pyprojectIn(root: string, folder: string): Promise<Pyproject> {
  const { file, text, problems } = tomlIn(root, folder)
  const read = await readPyproject(file, text)
  return { ...read, problems: [...problems, ...read.problems] }
}

async function declared(
  root: string,
  product: string,
  environment: Environment,
  editable: readonly string[],
  { feature: placesOf }: Pick<Layout, 'feature'>,
  pyproject: (folder: string) => Promise<Pyproject>,
): Promise<Declared> {
  const own = await pyproject(product)
  const problems = [...own.problems]
  const features: NamedFeature[] = []
  const stacks: FeatureStack[] = []
  const configs = new Map<string, FeatureSource>()
  for (const { text, line } of own.features(environment)) {
    const place = { file: own.file, line }
    const parsed = parseReference(text)
    if (parsed === null) {
      const message = `${JSON.stringify(text)} is not a feature`
      const next = `Write namespace/name@version or name. ${NAMES_ARE}`
      problems.push(problem('bad-settings', place, message, next))
      continue
    }
    const { namespace, name, pinned } = parsed
    const feature = editable.includes(name) ? name : pinned
    const section = plainName(feature)
    const other = features.find((each) => each.feature !== feature && plainName(each.feature) === section)
    if (other !== undefined) {
      const message = `${feature} is another version of ${other.feature}, which the product has, too`
      problems.push(problem('bad-settings', place, message, 'Keep one of them.'))
      continue
    }
    const { folder, hostDir, composeFiles } = placesOf(feature)
    const { config, problems: found } = await pyproject(folder)
    if (!features.some((each) => each.feature === feature)) {
      features.push({ feature, place })
      const file = composeFiles.find((each) => isFile(join(root, each)))
      const project = stackName(`${product}/${namespace}/${name}`, environment)
      if (file !== undefined) stacks.push({ project, file })
      problems.push(...found)
    }
    // Of several features, the last one's configuration wins.
    configs.delete(section)
    configs.set(section, { name: `@${section}`, hostDir, template: config })
  }
  const template = { ...own.config, shifts: () => false }
  const decided: FeatureSource = { name: `@${product}`, hostDir: join(root, product), template }
  const all = [decided, ...[...configs.values()].reverse(), derived(product, environment, own)]
  const variables = all.filter(({ template }) => template?.doc.statements.length !== 0)
  return { features, variables, stacks, problems }
}

/** Returns the name of a feature without its version. */
function plainName(feature: string): string {
  return feature.replace(/@.*/, '')
}

/** Parses an entry such as `splent-io/splent_feature_auth@v1.2.7`; null if it is not valid. */
function parseReference(reference: string) {
  const [, given = DEFAULT_NAMESPACE, name = '', version = ''] =
    /^(?:.*features\/)?(?:([^/@]+)\/)?([^/@]+)(?:@(.+))?$/.exec(reference) ?? []
  if (![given, name, version || 'v0'].every(isName)) return null
  const namespace = given.replace(/[-.]/g, '_')
  return { namespace, name, pinned: keyOf(namespace, version === '' ? name : `${name}@${version}`) }
}

/** The variables that SPLENT sets in every product env. */
const derivedValues = (product: string, environment: Environment) =>
  new Map([
    ['SPLENT_ENV', environment],
    ['SPLENT_NETWORK', `${product}_network`],
  ])

/** Reports what SPLENT would write over, because it writes the env file anew. */
function otherThanSplent(
  product: string,
  environment: Environment,
  { file, env, text }: { readonly file: string; readonly env: string; readonly text: string },
): Problem[] {
  const doc = parseEnv(text)
  const { values } = readEnv(doc)
  const given = derivedValues(product, environment)
  return doc.statements.flatMap(({ key, line }) => {
    const value = values.get(key) ?? ''
    const expected = given.get(key) ?? value.replaceAll('__PRODUCT__', product)
    if (value === expected) return []
    const [message, next] = given.has(key)
      ? [`${key} is not ${expected}, which SPLENT would set`, `Set ${key}=${expected} in ${env}.`]
      : [`${key} still contains __PRODUCT__, which SPLENT would replace`, `Replace it with ${product}.`]
    return problem('env-differs', { file, line }, message, next)
  })
}

function derived(product: string, environment: Environment, { file, line }: Pyproject): FeatureSource {
  const text = [...derivedValues(product, environment)].map(([key, value]) => `${key}=${value}\n`).join('')
  const template = { file, doc: parseEnv(text), shifts: () => false, lineOf: () => line }
  return { name: '@splent', hostDir: '', template: { ...template, isDecision: true } }
}
