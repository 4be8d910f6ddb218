import { type EnvFile, envFilesOf } from '../../compose/env-file.js'
import { parseEnv } from '../../env/document.js'
import { readEnv } from '../../env/read.js'
import { refusalMessage } from '../../env/refusal.js'
import { isFixed, isOwn, type LintContext } from '../context.js'
import { COMPOSE, ENV, type Found, found, REDIS, type Rule } from '../rule.js'

export const envFile = {
  code: 'env-file',
  group: 'compose',
  severity: 'error',
  meaning: 'A file listed in `env_file` or `label_file` does not exist, or Compose cannot parse it.',
  reason:
    'Compose reads the file with the project and refuses every command without it. The path is relative to the folder of the feature, so `.env` is not the product env: use `environment:` to pass variables of the product env to the container.',
  bad: {
    [ENV]: '# Memory for redis\nREDIS_MEMORY=128mb\n',
    [COMPOSE]: `${REDIS}    env_file: .env\n`,
  },
  good: {
    [ENV]: '# Memory for redis\nREDIS_MEMORY=128mb\n',
    [COMPOSE]: `${REDIS}    environment:\n      REDIS_MEMORY: \${REDIS_MEMORY}\n`,
  },
  *check(context) {
    for (const { name, body } of context.compose?.services ?? []) {
      for (const file of envFilesOf(body)) {
        if (!isOwn(context, file.span) || !isKnown(context, file)) continue
        const text = context.read(file.path)
        if (text !== null) yield* refusals(context, file, text)
        // A product may set the project directory of an include, where relative paths start.
        else if (file.required && !context.others.isUsed('project_directory')) yield missing(name, file)
      }
    }
  },
} as const satisfies Rule

/** Returns true for a file of the workspace that is the same for every product; a merge may create a product's own. */
function isKnown(context: LintContext, { raw, text, path }: EnvFile): boolean {
  if (!isFixed(context, raw, text) || /^(?:~|\w:|$)/.test(text)) return false
  return !/^(?:\/|\.\.\/|products\/)/.test(path)
}

function missing(service: string, { key, path, span }: EnvFile): Found {
  const message = `Service ${service} lists ${path} in ${key}, but there is no such file, so Docker Compose refuses the project`
  const next =
    key === 'env_file'
      ? 'List the variables that the container needs under environment: (NAME: ${NAME}), or make the file optional: { path: …, required: false }.'
      : 'Correct the path, or set the labels under labels:.'
  return found(span, message, next)
}

function* refusals(context: LintContext, { path, isRaw }: EnvFile, text: string): Generator<Found> {
  if (isRaw || !isOwn(context, { file: path })) return
  for (const { kind, line, reason } of readEnv(parseEnv(text), context.template.reading.values).refusals) {
    if (kind === 'required') continue
    const next = 'Enclose the value in quotes that it does not contain, and write a literal dollar as $$.'
    yield found({ file: path, line }, refusalMessage(reason), next)
  }
}
