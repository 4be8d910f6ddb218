import { encode } from '../../env/bytes.js'
import { isFixed, isOwn, type LintContext, placeOf, rawOf } from '../context.js'
import { removeEntry } from '../edit.js'
import { hasWord } from '../feature-index.js'
import { COMPOSE, found, REDIS, type Rule } from '../rule.js'
import { serviceValues } from '../service-values.js'

export const containerName = {
  code: 'container-name',
  group: 'isolation',
  severity: 'error',
  meaning: 'A service sets `container_name`.',
  reason:
    'Container names are unique on a host, so the second product with the feature cannot start. Without the key, Compose names the container PRODUCT-SERVICE-1. Other services reach it by the name of the service, which is the same in every product.',
  bad: { [COMPOSE]: `${REDIS}    container_name: redis # easy to find\n` },
  good: { [COMPOSE]: REDIS },
  fix: 'removes the line, unless the name appears elsewhere in the Compose files or in a template, where containers of the product may use it to reach the service',
  *check(context) {
    for (const { name, containerName } of context.compose?.services ?? []) {
      if (containerName === undefined || !isOwn(context, containerName.span)) continue
      const { raw, text, entry } = containerName
      if (!isFixed(context, raw, text)) continue
      const user = name === text ? null : userOf(context, text)
      const edit = user === null ? removeEntry(context, entry) : null
      yield found(
        entry,
        `Service ${name} sets the container name ${JSON.stringify(text)}, which only one container on the host can have`,
        user === null
          ? 'Remove container_name; `docker compose exec` and `logs` take the name of the service.'
          : `Replace ${text} with ${name}, the name of the service, where it is used (${user}), then remove container_name.`,
        edit === null ? null : { edits: [edit] },
      )
    }
  },
} as const satisfies Rule

/** Finds a place that may use a container's name as a host name, since Compose's networks resolve it. */
function userOf(context: LintContext, name: string): string | null {
  for (const template of context.templates) {
    const statement = [...template.defined.values()].find((each) =>
      hasWord(rawOf(template, each), encode(name)),
    )
    if (statement !== undefined) return placeOf({ file: template.file, line: statement.line })
  }
  const value = serviceValues(context.compose).find(
    ({ path, text }) => !NO_HOST.includes(path[0] ?? '') && hasWord(text, name),
  )
  if (value !== undefined) return placeOf(value.span)
  return context.others.names(name) ? 'another feature or a product' : null
}

/** Keys of a service whose values are not host names to connect to. */
const NO_HOST: readonly string[] = ['container_name', 'hostname', 'image', 'build', 'ports', 'profiles']
