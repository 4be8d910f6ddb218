import type { Statement } from '../../env/document.js'
import { referencesIn } from '../../env/read.js'
import { isHidden } from '../../env/secret.js'
import { type LintContext, rawOf } from '../context.js'
import { ENV, found, type Rule } from '../rule.js'

export const unsetReference = {
  code: 'unset-reference',
  group: 'env',
  severity: 'warning',
  meaning: 'A `$` in a value refers to a variable that is never set, so Compose replaces it with nothing.',
  reason:
    'Compose expands `$NAME` and `${NAME}` in unquoted and double-quoted values; it silently shortens a bcrypt hash such as `$2a$12$abc/d` to `$2a$12/d`.',
  bad: { [ENV]: '# Hash of the password "redis"\nREDIS_UI_HASH=$2a$12$fIWOPz8/redis\n' },
  good: { [ENV]: '# Hash of the password "redis"\nREDIS_UI_HASH=\'$2a$12$fIWOPz8/redis\'\n' },
  *check(context) {
    const { template, others } = context
    for (const { statement, name } of unsetReferences(context)) {
      // forward-reference reports one defined below; another feature's depends on the product's order.
      const isBelow = (template.defined.get(name)?.start ?? -1) > statement.start
      if (isBelow || others.defining(name).length > 0) continue
      const { key, line } = statement
      const raw = rawOf(template, statement)
      // What only looks like a variable may be part of a secret.
      const isMeant = raw === `$${name}` || raw.includes(`\${${name}}`)
      const isSecret = !isMeant && isHidden(key, raw)
      const literal = isSecret || /[a-z]/.test(name) || /\$\d/.test(raw)
      yield found(
        { file: template.file, line },
        `${key} refers to ${isSecret ? 'a variable' : `$${name},`} ${isSecret ? 'that' : 'which'} is never set, so Docker Compose replaces it with nothing`,
        literal
          ? 'Put the value in single quotes, where a dollar sign is literal.'
          : `Define ${name} above this line, or give it a default: \${${name}:-…}`,
      )
    }
  },
} as const satisfies Rule

/** Lists references without a default to variables that are not defined above. */
export function* unsetReferences({
  template,
}: LintContext): Generator<{ readonly statement: Statement; readonly name: string }> {
  const above = new Set<string>()
  for (const statement of template.doc.statements) {
    const names = new Set<string>()
    for (const { name, operator } of referencesIn(rawOf(template, statement), statement.quote)) {
      if (operator === '' && !above.has(name)) names.add(name)
    }
    for (const name of names) yield { statement, name }
    above.add(statement.key)
  }
}
