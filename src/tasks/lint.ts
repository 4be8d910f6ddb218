/** Lints features, and fixes the findings that need no decision. */
import { EPHEMERAL } from '../claims/base-port.js'
import { parseEnv } from '../env/document.js'
import type { FileChange } from '../file-change.js'
import type { LintSource, TemplateFile } from '../lint/context.js'
import { FeatureIndex } from '../lint/feature-index.js'
import { type Fixed, fixFeature, withTrueEdits } from '../lint/fix-feature.js'
import { lintFeature } from '../lint/registry.js'
import { type Finding, withoutEdits } from '../lint/rule.js'
import { findSections, textOutside } from '../merge/sections.js'
import { notRead, type Problem } from '../problem.js'
import { saveAll } from '../save/save-all.js'
import { ENVIRONMENTS } from '../workspace/layout.js'
import { checkFeature, withoutFeatures } from '../workspace/names.js'
import { unreadFiles } from '../workspace/unread.js'
import {
  type FileSource,
  firstFile,
  onlyFile,
  readFeatureSettings,
  readFile,
  type Workspace,
} from '../workspace/workspace.js'
import { savesOf } from './changes.js'

export interface LintTask {
  readonly fix?: boolean
  /** Writes nothing. */
  readonly dryRun?: boolean
}

export interface Lint {
  /** The number of chosen features that were read. */
  readonly features: number
  /** The files of any feature that could not be read. */
  readonly unread: readonly string[]
  /** Those that are left, if it fixes. */
  readonly findings: readonly Finding[]
  /** The files that were changed, or would be; null without `fix`. */
  readonly changes: readonly LintChange[] | null
  readonly problems: readonly Problem[]
}

export interface LintChange extends FileChange {
  /** The rules that it follows now, each once. */
  readonly codes: readonly string[]
}

/** Lints features. With `fix`, all files are written, or none. @param names none for all */
export async function lintFeatures(
  workspace: Workspace,
  names: readonly string[],
  { fix = false, dryRun = false }: LintTask = {},
): Promise<Lint> {
  const useless = withoutFeatures(workspace)
  const unknown = useless === null ? names.flatMap((name) => checkFeature(workspace, name) ?? []) : [useless]
  const isChosen = (name: string) => names.length === 0 || names.includes(name)
  // Features that are not chosen count too: their ports and services are what others must avoid.
  const read = await Promise.all(workspace.features.map((name) => sourceOf(workspace, name)))
  const chosen = read.filter(({ source }) => isChosen(source.name))
  const sources = chosen.map(({ source }) => source)
  const index = new FeatureIndex(
    read.map(({ source }) => source),
    {
      modulus: workspace.modulus,
      // Findings must be the same on every machine.
      ephemeral: EPHEMERAL,
      ...productFiles(workspace),
    },
  )
  const outcome = fix
    ? fixFeatures(workspace, sources, index, dryRun)
    : {
        findings: sources.flatMap((source) =>
          isPinned(workspace, source) ? pinnedFindings(source, index) : withTrueEdits(source, index),
        ),
        changes: null,
        problems: [],
      }
  const problems = [
    ...workspace.problems,
    ...unknown,
    ...chosen.flatMap((each) => each.problems),
    ...sources.flatMap(({ folder }) => unreadFiles(workspace, folder)),
    ...outcome.problems,
  ]
  const unread = notRead([...problems, ...read.flatMap((each) => each.problems)])
  const known = sources.filter(({ folder }) => !unread.some((file) => file.startsWith(`${folder}/`)))
  return { ...outcome, features: known.length, unread, problems }
}

/** Reads a feature. The problems grow with the files that the linter reads later. */
async function sourceOf(
  workspace: Workspace,
  name: string,
): Promise<{ readonly source: LintSource; readonly problems: readonly Problem[] }> {
  const { folder, composeFiles, templates: files } = workspace.layout.feature(name)
  const problems: Problem[] = []
  const noted = (source: FileSource): FileSource => {
    problems.push(...source.problems)
    return source
  }
  const read = (file: string): string | null => noted(readFile(workspace, file)).text
  const names = files(null)
  const plain: TemplateFile = { environment: null, file: noted(firstFile(workspace, names)).file }
  const others = ENVIRONMENTS.flatMap((environment): TemplateFile[] => {
    const file = files(environment).find((each) => !names.includes(each) && read(each) !== null)
    return file === undefined ? [] : [{ environment, file }]
  })
  const templates = read(plain.file) !== null || others.length === 0 ? [plain, ...others] : others
  const compose = noted(onlyFile(workspace, composeFiles))
  const composeFile = compose.text === null ? null : compose.file
  const { settings, problems: misfits } = await readFeatureSettings(workspace, name)
  problems.push(...misfits)
  const portVariables = [...workspace.portVariables, ...(settings.portVariables ?? [])]
  const given = await workspace.layout.given?.(name)
  const source = { name, folder, templates, composeFile, portVariables, read }
  return { source: given === undefined ? source : { ...source, given }, problems }
}

/** The files of the products, read when they are first needed. */
function productFiles(workspace: Workspace) {
  const { layout, products } = workspace
  let compose: readonly string[] | undefined
  let envs: readonly string[] | undefined
  return {
    productTexts: () => {
      compose ??= products.map(
        (product) => onlyFile(workspace, layout.product(product).composeFiles).text ?? '',
      )
      return compose
    },
    productEnvs: () => {
      envs ??= products.flatMap((product) => {
        const { env, templates } = layout.product(product)
        const text = readFile(workspace, env).text ?? ''
        const merged = findSections(parseEnv(text)).sections.filter(({ untouched }) => untouched)
        return [textOutside(text, merged), firstFile(workspace, templates(null)).text ?? '']
      })
      return envs
    },
  }
}

function fixFeatures(
  workspace: Workspace,
  sources: readonly LintSource[],
  index: FeatureIndex,
  dryRun: boolean,
): Pick<Lint, 'findings' | 'changes' | 'problems'> {
  const results = sources.map((source) =>
    isPinned(workspace, source)
      ? { changes: [], fixed: [], remaining: pinnedFindings(source, index) }
      : fixFeature(source, index),
  )
  const changes = results.flatMap(changesOf)
  const failed = dryRun ? [] : saveAll(savesOf(workspace, changes, true))
  if (failed.length === 0) {
    // A finding that is left after a fix was tried cannot be fixed.
    return {
      findings: results.flatMap(({ remaining }) => remaining.map(withoutEdits)),
      changes,
      problems: [],
    }
  }
  for (const source of sources) index.replace(source)
  const findings = sources.flatMap(({ name }) => lintFeature(index.contexts(name)))
  return { findings, changes: [], problems: failed }
}

function isPinned({ layout }: Workspace, { name }: LintSource): boolean {
  return layout.feature(name).isPinned ?? false
}

function pinnedFindings({ name }: LintSource, index: FeatureIndex): Finding[] {
  return lintFeature(index.contexts(name)).map((finding) => {
    const next = `Release a version that does this, and pin it: ${finding.next}`
    return { ...withoutEdits(finding), next }
  })
}

function changesOf({ changes, fixed }: Fixed): LintChange[] {
  return changes.map((change) => {
    const codes = fixed
      .filter(({ edits }) => edits?.some((edit) => edit.file === change.file))
      .map(({ code }) => code)
    return { ...change, codes: [...new Set(codes)] }
  })
}
