/** `product env --generate`: a product env from the product's own `.env.example`. */

import { parseEnv } from '../env/document.js'
import { readEnv } from '../env/read.js'
import { refusalProblem } from '../env/refusal.js'
import { textFromExample } from '../merge/placeholder.js'
import type { ProductSource } from '../merge/source.js'
import { hasErrors, type Problem, problem } from '../problem.js'
import { save } from '../save/save.js'
import { saveOf } from '../tasks/save-of.js'
import type { EnvRun } from './env-run.js'
import type { ExitCode } from './host.js'
import { printJson, reportProblems } from './program.js'

/** Makes what is missing; a product env that is there is left as it is. */
export function generate({ host, workspace, options, products, problems: found }: EnvRun): ExitCode {
  const problems: Problem[] = [...found]
  const texts = products.map(({ source }) => generated(source, options.all ?? false, problems))
  const stopped = hasErrors(problems)
  const results = products.map(({ source: { name, env, example } }, index) => {
    const after = texts[index] ?? null
    const wanted = after !== null && !stopped
    const failed = wanted ? save(saveOf(workspace, { file: env.file, before: null, after })) : null
    if (failed !== null) problems.push(failed)
    return {
      product: name,
      file: env.file,
      from: example.file,
      exists: env.text !== null,
      written: wanted && failed === null,
    }
  })
  if (options.format === 'json') printJson(host, { ok: !hasErrors(problems), products: results, problems })
  else if (!options.quiet) {
    const failed = hasErrors(problems)
    for (const { file, from, exists, written } of results) {
      if (written) host.stdout(`${file} made from ${from}\n`)
      else if (exists) host.stdout(`${file} is there already, and left as it is\n`)
      else if (!failed) host.stdout(`${file} not made: there is no ${from}\n`)
    }
  }
  return reportProblems(host, problems)
}

/** The text for a product; null where its product env is there, or cannot be made. */
function generated({ name, env, example }: ProductSource, all: boolean, problems: Problem[]): string | null {
  if (env.text !== null) return null
  if (example.text === null) {
    // Among all products, one that does without is nothing to stop for; one that cannot be read is reported already.
    if (all || problems.some(({ file }) => file === example.file)) return null
    const next = `Write ${example.file}, or use --merge, which does not need one.`
    problems.push(
      problem('no-env-example', { file: example.file }, `product ${name} has no .env.example`, next),
    )
    return null
  }
  const text = textFromExample(example.text, name)
  problems.push(...readEnv(parseEnv(text)).refusals.map((refusal) => refusalProblem(example.file, refusal)))
  return text
}
