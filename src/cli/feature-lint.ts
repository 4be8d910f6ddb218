/** `feature lint`: the rules over the features, and what `--fix` writes. */

import type { Command } from 'commander'
import { EPHEMERAL } from '../claims/base-port.js'
import type { LintSource, TemplateFile } from '../lint/context.js'
import { FeatureIndex } from '../lint/feature-index.js'
import { type Fixed, fixFeature, withTrueEdits } from '../lint/fix-feature.js'
import { lintFeature } from '../lint/registry.js'
import { type Finding, withoutEdits } from '../lint/rule.js'
import { hasErrors, notRead, type Problem } from '../problem.js'
import { problemAnnotations } from '../report/annotation.js'
import {
  type LintChange,
  type LintResult,
  lintAnnotations,
  lintJson,
  lintLines,
  NOTHING_LINTED,
} from '../report/lint.js'
import { saveAll } from '../save/save-all.js'
import { saveOf } from '../tasks/save-of.js'
import { ENVIRONMENTS } from '../workspace/layout.js'
import { checkFeature } from '../workspace/names.js'
import { unreadFiles } from '../workspace/unread.js'
import { type FileSource, firstFile, onlyFile, readFile, type Workspace } from '../workspace/workspace.js'
import type { ExitCode, Host } from './host.js'
import { featureWorkspaceOf, printJson, reportProblems, styleOf, usageError } from './program.js'
import { printAnnotations, stop } from './stop.js'

/** As commander gives them. */
export interface LintOptions {
  readonly fix?: true
  readonly dryRun?: true
  readonly strict?: true
  readonly format: 'text' | 'json' | 'github'
}

export async function lintFeatures(
  host: Host,
  command: Command,
  names: readonly string[],
  options: LintOptions,
): Promise<ExitCode> {
  if (options.dryRun && !options.fix) return usageError(host, '--dry-run needs --fix')
  const workspace = await featureWorkspaceOf(host, command)
  if ('code' in workspace) return stop(host, options.format, lintJson(NOTHING_LINTED), [workspace])
  const problems: Problem[] = [...workspace.problems]
  const chosen = chosenFeatures(workspace, names, problems)
  // What is wrong with the others is theirs, but what they state may not be known for it.
  const elsewhere: Problem[] = []
  const sources = workspace.features.map((name) =>
    sourceOf(workspace, name, chosen.includes(name) ? problems : elsewhere),
  )
  const index = new FeatureIndex(sources, {
    modulus: workspace.modulus,
    // The same on every machine, as what is found has to be.
    ephemeral: EPHEMERAL,
    productTexts: productTexts(workspace),
  })
  const wanted = sources.filter(({ name }) => chosen.includes(name))
  problems.push(...wanted.flatMap(({ folder }) => unreadFiles(workspace, folder)))
  const outcome = options.fix
    ? await fix(host, workspace, wanted, index, options, problems)
    : { findings: wanted.flatMap((source) => withTrueEdits(source, index)), changes: null }
  const unread = notRead([...problems, ...elsewhere])
  const read = wanted.filter(({ folder }) => !unread.some((file) => file.startsWith(`${folder}/`)))
  const result: LintResult = { features: read.length, unread, ...outcome }
  print(host, result, problems, options)
  const failing = result.findings.some(({ severity }) => severity === 'error' || options.strict)
  const failed = options.strict ? problems.length > 0 : hasErrors(problems)
  return failing || failed ? 1 : 0
}

/** The features that are named, or all; a name that is none is a problem. */
function chosenFeatures(
  workspace: Workspace,
  names: readonly string[],
  problems: Problem[],
): readonly string[] {
  if (names.length === 0) return workspace.features
  problems.push(...names.flatMap((name) => checkFeature(workspace, name) ?? []))
  return names
}

function sourceOf(workspace: Workspace, name: string, problems: Problem[]): LintSource {
  const { folder, composeFiles, templates: files } = workspace.layout.feature(name)
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
  return { name, folder, templates, composeFile: compose.text === null ? null : compose.file, read }
}

/** The Compose files of the products, which are read when they are first asked for. */
function productTexts(workspace: Workspace): () => readonly string[] {
  let texts: readonly string[] | undefined
  return () => {
    texts ??= workspace.products.map(
      (product) => onlyFile(workspace, workspace.layout.product(product).composeFiles).text ?? '',
    )
    return texts
  }
}

/** Fixes all of them, or none: where one file cannot be written, the others are as they were. */
async function fix(
  host: Host,
  workspace: Workspace,
  sources: readonly LintSource[],
  index: FeatureIndex,
  { dryRun, format }: LintOptions,
  problems: Problem[],
): Promise<{ findings: Finding[]; changes: LintChange[] }> {
  const results = sources.map((source) => fixFeature(source, index))
  if (dryRun && format === 'text') for (const result of results) await printDiffs(host, result)
  const failed = dryRun ? [] : write(workspace, results)
  if (failed.length === 0) {
    return {
      // What a fix was tried for and is still there, it does not put right.
      findings: results.flatMap(({ remaining }) => remaining.map(withoutEdits)),
      changes: results.flatMap(changesOf),
    }
  }
  problems.push(...failed)
  for (const source of sources) index.replace(source)
  return { findings: sources.flatMap(({ name }) => lintFeature(index.contexts(name))), changes: [] }
}

function changesOf({ changes, fixed }: Fixed): LintChange[] {
  return changes.map(({ file }) => {
    const codes = fixed
      .filter(({ edits }) => edits?.some((edit) => edit.file === file))
      .map(({ code }) => code)
    return { file, codes: [...new Set(codes)] }
  })
}

async function printDiffs(host: Host, { changes }: Fixed): Promise<void> {
  const { unifiedDiff } = await import('../report/diff.js')
  const { maskCommitted } = await import('../report/mask.js')
  for (const { file, before, after } of changes) {
    host.stdout(
      unifiedDiff(file, before, after, (text) => maskCommitted(file, text), styleOf(host, 'stdout')),
    )
  }
}

function write(workspace: Workspace, results: readonly Fixed[]): Problem[] {
  const changes = results.flatMap((result) => result.changes)
  return saveAll(changes.map((change) => saveOf(workspace, { ...change, shared: true })))
}

function print(host: Host, result: LintResult, problems: readonly Problem[], options: LintOptions): void {
  const { format, dryRun } = options
  if (format === 'github') {
    printAnnotations(host, [...problemAnnotations(problems), ...lintAnnotations(result)])
    return
  }
  if (format === 'json') {
    const ok = !hasErrors([...problems, ...result.findings])
    printJson(host, { ok, ...lintJson(result), problems })
  } else host.stdout(`${lintLines(result, dryRun ?? false, styleOf(host, 'stdout')).join('\n')}\n`)
  reportProblems(host, problems)
}
