/** `product env NAME`: what Compose will see, and where each value comes from. */
import { readAsDotenv } from '../env/dotenv.js'
import { type ViewEntry, viewEnv } from '../merge/view.js'
import { hasErrors, type Problem, problem } from '../problem.js'
import { secretsOf } from '../report/secrets.js'
import { viewJson, viewLines } from '../report/view.js'
import { projectName } from '../workspace/compose.js'
import { overlayOf } from '../workspace/instances.js'
import type { LoadedProduct } from '../workspace/product.js'
import type { EnvRun } from './env-run.js'
import type { ExitCode } from './host.js'
import { printJson, reportProblems, shellOf, styleOf } from './program.js'

/** Shows the product envs; with an instance, as Compose reads them with its overlay on top. */
export function show(run: EnvRun): ExitCode {
  const { host, options, instance } = run
  const problems: Problem[] = [...run.problems]
  const shell = shellOf(host)
  const views = run.products.flatMap((product) => {
    const files = filesOf(run, product, problems)
    if (files === null) return []
    const nameOf = (values: ReadonlyMap<string, string>) => {
      const project = projectName(run.workspace, product.source.name, values)
      problems.push(...project.problems)
      return project.name
    }
    const view = viewEnv(product.source, files, shell, readAsDotenv, nameOf)
    problems.push(...view.problems)
    // Each of them makes Compose refuse the whole file.
    if (view.problems.length > 0) return []
    // An instance is used with --env-file, which beats both.
    const off = instance === null ? switchedOff(product.source.env.file, view.entries, shell) : null
    if (off !== null) problems.push(off)
    const texts = files.map(({ text }) => text)
    const secrets = options.reveal ? null : secretsOf(product.source, texts, shell.keys())
    return [{ name: product.source.name, secrets, file: product.source.env.file, entries: view.entries }]
  })
  if (options.format === 'json') {
    const products = views.map(({ name, secrets, file, entries }) => ({
      product: name,
      instance,
      file,
      variables: viewJson(entries, secrets),
    }))
    printJson(host, { ok: !hasErrors(problems), products, problems }, options.reveal)
  } else if (!options.quiet) {
    const style = styleOf(host, 'stdout')
    const title = (name: string): string => style.bold(instance === null ? name : `${name}@${instance}`)
    host.stdout(
      views
        .map(
          ({ name, secrets, entries }) =>
            `${[title(name), '', ...viewLines(entries, secrets, host.width)].join('\n')}\n`,
        )
        .join('\n'),
    )
  }
  return reportProblems(host, problems)
}

/** What Go's strconv.ParseBool takes for true, by which Compose reads the switch (measured with 2.40.3). */
const TRUE = /^(?:1|t|T|true|TRUE|True)$/

/** Says that Compose would not read the product env at all. Null if it would. */
function switchedOff(
  file: string,
  entries: readonly ViewEntry[],
  shell: ReadonlyMap<string, string>,
): Problem | null {
  const others = shell.get('COMPOSE_ENV_FILES') ?? ''
  if (others !== '') {
    const message = "the shell's COMPOSE_ENV_FILES makes Compose read other files in its place"
    return problem('env-file-off', { file }, message, 'unset COMPOSE_ENV_FILES')
  }
  const name = 'COMPOSE_DISABLE_ENV_FILE'
  const value = shell.get(name) ?? entries.find(({ key }) => key === name)?.value ?? ''
  if (!TRUE.test(value)) return null
  const where = shell.has(name) ? 'in the shell' : 'in it'
  const next = shell.has(name) ? `unset ${name}` : 'Remove that line.'
  return problem('env-file-off', { file }, `${name} is set ${where}, so Compose does not read it`, next)
}

/** The env files that Compose would read, in order; null with a problem where one is missing. */
function filesOf({ workspace, instance }: EnvRun, product: LoadedProduct, problems: Problem[]) {
  const { name, env, example, features } = product.source
  if (env.text === null) {
    // Where it is there but cannot be read, that is already known.
    if (problems.some(({ file }) => file === env.file)) return null
    // Of nothing, a merge makes nothing.
    const empty = features.length === 0 && example.text === null
    const next = empty
      ? `Write ${env.file}, or give the product a feature.`
      : `Run: product env --merge ${name}`
    problems.push(problem('no-env', { file: env.file }, `product ${name} has no .env yet`, next))
    return null
  }
  const own = { file: env.file, text: env.text }
  if (instance === null) return [own]
  const overlay = overlayOf(workspace, name, instance)
  problems.push(...overlay.problems)
  if (overlay.state === 'ours') return [own, { file: overlay.file, text: overlay.text ?? '' }]
  const next =
    overlay.state === 'absent'
      ? `Run: product env --merge ${name} --instance ${instance}`
      : 'product list shows the instances.'
  problems.push(
    problem('no-instance', { file: overlay.file }, `product ${name} has no instance ${instance}`, next),
  )
  return null
}
