import { encode } from '../../env/bytes.js'
import { isOwn, type LintContext, rawOf } from '../context.js'
import { removeEntry } from '../edit.js'
import { isFixed } from '../fixed-name.js'
import type { Rule } from '../rule.js'
import { placeOf } from '../show.js'
import { hasWord } from '../word.js'

export const containerName = {
  code: 'container-name',
  group: 'isolation',
  severity: 'error',
  meaning: 'A service has a `container_name`.',
  reason:
    'Names of containers are unique on a host: the second product with the feature cannot start. Without it, Compose calls the container PRODUCT-SERVICE-1. The other services reach it by the name of the service, which is the same in every product.',
  bad: {
    'features/redis/compose.yaml':
      'services:\n  redis:\n    image: redis:7\n    container_name: redis # easy to find\n',
  },
  good: { 'features/redis/compose.yaml': 'services:\n  redis:\n    image: redis:7\n' },
  fix: 'takes the line out, unless the name stands elsewhere in the Compose files or in a template: the containers of the product may reach the service by it',
  *check(context) {
    for (const { name, containerName } of context.compose?.services ?? []) {
      if (containerName === undefined || !isOwn(context, containerName.span)) continue
      const { raw, text, entry } = containerName
      if (!isFixed(context, raw, text)) continue
      const user = name === text ? null : userOf(context, text)
      const edit = user === null ? removeEntry(context, entry) : null
      const { file, line, column } = entry
      const remove = 'Remove container_name; `docker compose exec` and `logs` take the name of the service.'
      yield {
        file,
        line,
        column,
        message: `service ${name} has the container name ${JSON.stringify(text)}, which only one container of the host can have`,
        next:
          user === null
            ? remove
            : `First write ${name}, the name of the service, where ${text} is meant (${user}). ${remove}`,
        ...(edit === null ? {} : { edits: [edit] }),
      }
    }
  },
} as const satisfies Rule

/** Where a name stands that containers may call the service by: Compose makes a container's name one that its networks know. */
function userOf(context: LintContext, name: string): string | null {
  for (const template of context.templates) {
    const statement = [...template.stated.values()].find((each) =>
      hasWord(rawOf(template, each), encode(name)),
    )
    if (statement !== undefined) return placeOf({ file: template.file, line: statement.line })
  }
  for (const { values } of context.compose?.services ?? []) {
    const value = values.find(({ path, text }) => !NO_HOST.includes(path[0] ?? '') && hasWord(text, name))
    if (value !== undefined) return placeOf(value.span)
  }
  return context.others.names(name) ? 'another feature, or a product' : null
}

/** Keys of a service whose values name no host that it would reach. */
const NO_HOST: readonly string[] = ['container_name', 'hostname', 'image', 'build', 'ports', 'profiles']
