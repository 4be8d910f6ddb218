/**
 * The layout of a SPLENT workspace, by SPLENT's documentation and what splent_cli 1.22 does (product_env.py, compose.py):
 *
 *     <product>/pyproject.toml  docker/.env.dev.example  docker/docker-compose.dev.yml  docker/.env
 *     <feature>/pyproject.toml  docker/.env.example      docker/docker-compose.yml
 *     .splent_cache/features/<namespace>/<feature>@<version>/…
 */
import { join } from 'node:path'
import { decode, encode } from '../env/bytes.js'
import { parseEnv } from '../env/document.js'
import { readEnv } from '../env/read.js'
import { writeValue } from '../env/write-value.js'
import type { FeatureSource } from '../merge/source.js'
import { type Place, type Problem, problem } from '../problem.js'
import { foldersIn, isFile, isFolder, readText } from './files.js'
import type { Declared, Environment, FeatureStack, Layout, NamedFeature } from './layout.js'
import { yamlNames } from './layout.js'
import { isName, NAMES_ARE } from './names.js'

const CACHE = '.splent_cache/features'
const DEFAULT_NAMESPACE = 'splent_io'
const TOML = 'pyproject.toml'

/** The variables of the shell that SPLENT reads. */
export type Shell = Readonly<Record<string, string | undefined>>

/** Returns true if a folder has a SPLENT product. */
export function isSplentWorkspace(root: string): boolean {
  return foldersIn(root, '.').names.some(
    (name) => isFolder(join(root, name, 'docker')) && isProduct(root, name),
  )
}

/** @param root absolute */
export function splentLayout(root: string, chosen: Environment | null, shell: Shell): Layout {
  const environment = chosen ?? (shell['SPLENT_ENV'] === 'prod' ? 'prod' : 'dev')
  const { products, editable } = foldersOf(root)
  const features = [...editable, ...pinnedFeatures(root)].sort()
  const hostRoot = shell['SPLENT_HOST_PROJECT_DIR'] || root
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
    }),
    productAt: (path) => products.find((name) => path === name || path.startsWith(`${name}/`)) ?? null,
    featureAt,
    given: async (feature) => {
      const { template } = configOf(await readPyproject(root, folderOf(feature)))
      return new Map([...readEnv(template.doc).values, ...derivedValues('__PRODUCT__', environment)])
    },
    declared: (product) => declared(root, product, environment, editable, layout),
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
  const folders = foldersIn(root, '.').names.filter(isName)
  const products = folders.filter((name) => isProduct(root, name))
  const named = products.map((name) => tomlText(root, `${name}/${TOML}`) ?? '').join('\n')
  const isNamed = (name: string) =>
    new RegExp(`["'/]${name.replaceAll('.', '\\.')}(?:@[^"']*)?["']`).test(named)
  const isFeature = (name: string): boolean =>
    /^splent_feature_/.test(name) ||
    isNamed(name) ||
    /^\s*\[\s*tool\.splent\b/m.test(tomlText(root, `${name}/${TOML}`) ?? '')
  return { products, editable: folders.filter((name) => !products.includes(name) && isFeature(name)) }
}

/** Features have the table, too, but no list of features. */
function isProduct(root: string, name: string): boolean {
  const text = tomlText(root, `${name}/${TOML}`) ?? ''
  return ['tool\\.splent', 'project\\.optional-dependencies'].some((table) => {
    const [, body = ''] = text.split(new RegExp(`^[ \\t]*\\[[ \\t]*${table}[ \\t]*\\]`, 'm'))
    const [own = ''] = body.split(/^[ \t]*\[[^\],"']*\][ \t]*(?:#.*)?$/m)
    return /^[ \t]*features(?:_dev|_prod)?[ \t]*=/m.test(own)
  })
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

function tomlText(root: string, file: string): string | null {
  const { text } = readText(join(root, file), file)
  return text === null ? null : decode(text)
}

/** The part of a pyproject.toml that SPLENT reads. */
interface Pyproject {
  readonly file: string
  readonly features: (environment: Environment) => readonly unknown[]
  readonly config: Readonly<Record<string, unknown>>
  readonly lines: readonly string[]
  readonly problems: readonly Problem[]
}

type Table = Readonly<Record<string, unknown>>

const table = (value: unknown): Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Table) : {}
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** The parser is loaded only here. */
async function readPyproject(root: string, folder: string): Promise<Pyproject> {
  const file = `${folder}/${TOML}`
  const text = tomlText(root, file) ?? ''
  const { parse, TomlError } = await import('smol-toml')
  let data: Table = {}
  const problems: Problem[] = []
  try {
    data = parse(text, { integersAsBigInt: true })
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const { line, column, message } = error
    const why = message.split('\n')[0]?.replace(/^Invalid TOML document: /, '')
    problems.push(
      problem('bad-settings', { file, line, column }, 'The file is not valid TOML', `Fix it: ${why}.`),
    )
  }
  const splent = table(table(data['tool'])['splent'])
  const base = splent['features'] ?? table(table(data['project'])['optional-dependencies'])['features']
  return {
    file,
    features: (environment) => [...list(base), ...list(splent[`features_${environment}`])],
    config: table(splent['config']),
    lines: text.split('\n'),
    problems,
  }
}

async function declared(
  root: string,
  product: string,
  environment: Environment,
  editable: readonly string[],
  { feature: placesOf }: Pick<Layout, 'feature'>,
): Promise<Declared> {
  const own = await readPyproject(root, product)
  const problems = [...own.problems]
  const features: NamedFeature[] = []
  const stacks: FeatureStack[] = []
  const configs: FeatureSource[] = []
  const add = (name: string, hostDir: string, pyproject: Pyproject, isShifted: boolean): void => {
    const config = configOf(pyproject)
    problems.push(...config.problems)
    if (config.template.doc.statements.length === 0) return
    const template = { ...config.template, ...(isShifted ? {} : { shifts: () => false }) }
    configs.unshift({ name: `@${name}`, hostDir, template })
  }
  for (const reference of own.features(environment)) {
    if (typeof reference !== 'string' || reference.trim() === '') continue
    const place = { file: own.file, line: 1 + own.lines.findIndex((line) => line.includes(reference)) }
    const parsed = parseReference(reference)
    if (parsed === null) {
      const message = `${JSON.stringify(reference)} is not a feature`
      problems.push(
        problem('bad-settings', place, message, `Write namespace/name@version or name. ${NAMES_ARE}`),
      )
      continue
    }
    const { namespace, name, pinned } = parsed
    const feature = editable.includes(name) ? name : pinned
    if (!features.some((each) => each.feature === feature)) {
      features.push({ feature, place })
      const { folder, hostDir, composeFiles } = placesOf(feature)
      const file = composeFiles.find((each) => isFile(join(root, each)))
      const project = stackName(`${product}/${namespace}/${name}`, environment)
      if (file !== undefined) stacks.push({ project, file })
      const pyproject = await readPyproject(root, folder)
      problems.push(...pyproject.problems)
      // Of several features, the last one's configuration wins; the product's own wins over all.
      add(feature.replace(/@.*/, ''), hostDir, pyproject, true)
    }
  }
  add(product, join(root, product), own, false)
  return { features, variables: [...configs, derived(product, environment, own)], stacks, problems }
}

/** Parses an entry such as `splent-io/splent_feature_auth@v1.2.7`; null if it is not valid. */
function parseReference(reference: string) {
  const [, given = DEFAULT_NAMESPACE, name = '', version = ''] =
    /^(?:.*features\/)?(?:([^/@]+)\/)?([^/@]+)(?:@(.+))?$/.exec(reference.trim()) ?? []
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

function derived(product: string, environment: Environment, { file, lines }: Pyproject): FeatureSource {
  const text = [...derivedValues(product, environment)].map(([key, value]) => `${key}=${value}\n`).join('')
  const line = lines.findIndex((each) => /^\s*\[\s*tool\.splent\s*\]/.test(each))
  const lineOf = () => Math.max(line, 0) + 1
  return {
    name: '@splent',
    hostDir: '',
    template: { file, doc: parseEnv(text), shifts: () => false, lineOf, isDecision: true },
  }
}

/** Returns `[tool.splent.config]` as a template, with the comments above each variable. */
function configOf({ file, config, lines }: Pyproject) {
  const start = lines.findIndex((line) => /^\s*\[\s*tool\.splent\.config\s*\]/.test(line))
  const lineOf = (key: string): number => {
    const at = lines.findIndex(
      (line, index) => index > start && line.split('=')[0]?.trim().replace(/["']/g, '') === key,
    )
    return 1 + Math.max(at, start, 0)
  }
  const problems: Problem[] = []
  let text = ''
  for (const [key, value] of Object.entries(config)) {
    const line = lineOf(key)
    const written = envText(value)
    if (written === null || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(key)) {
      problems.push(skipped(key, { file, line }))
      continue
    }
    let from = line - 1
    while (from > start + 1 && /^\s*#/.test(lines[from - 1] ?? '')) from -= 1
    const comments = lines.slice(from, line - 1).map((comment) => `${encode(comment.trim())}\n`)
    text += `${comments.join('')}${key}=${written}\n`
  }
  return { template: { file, doc: parseEnv(text), lineOf, isDecision: true as const }, problems }
}

function skipped(key: string, place: Place): Problem {
  const message = `${JSON.stringify(key)} is not added, because an env file cannot hold its name or value`
  const next =
    'Use letters, digits and "_" in the name, and text, a number, true, false or a list as the value.'
  return problem('skipped-value', place, message, next)
}

/** Returns the right side of `KEY=`; null for a value that has no text. A `$` keeps its meaning, as in SPLENT's output. */
function envText(value: unknown): string | null {
  const text = Array.isArray(value) ? joined(value) : typeof value === 'boolean' ? `${value}` : textOf(value)
  if (text === null || text.includes('\0')) return null
  if (!text.includes('$')) return writeValue(encode(text))
  return `"${encode(text).replace(/[\\"]/g, '\\$&').replaceAll('\r', '\\r')}"`
}

function joined(items: readonly unknown[]): string | null {
  const texts = items.map(textOf)
  return texts.includes(null) ? null : texts.join(',')
}

/** Returns a TOML value as Python's `str` writes it. */
function textOf(value: unknown): string | null {
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'number')
    return Number.isInteger(value) && Math.abs(value) < 1e16 ? value.toFixed(1) : `${value}`
  return typeof value === 'string' || typeof value === 'bigint' ? `${value}` : null
}
