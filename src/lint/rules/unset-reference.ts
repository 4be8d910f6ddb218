import type { Statement } from '../../env/document.js'
import { referencesIn } from '../../env/read.js'
import { isHidden } from '../../env/secret.js'
import { type LintContext, rawOf } from '../context.js'
import type { Rule } from '../rule.js'

export const unsetReference = {
  code: 'unset-reference',
  group: 'env',
  severity: 'warning',
  meaning: 'A `$` in a value refers to a variable that nobody states, so Compose puts nothing in its place.',
  reason:
    'Compose expands `$NAME` and `${NAME}` in bare and in double-quoted values. Of a bcrypt hash such as `$2a$12$abc/d` it leaves `$2a$12/d`, without a word.',
  bad: {
    'features/redis/.env.example': '# Hash of the password "redis"\nREDIS_UI_HASH=$2a$12$fIWOPz8/redis\n',
  },
  good: {
    'features/redis/.env.example': '# Hash of the password "redis"\nREDIS_UI_HASH=\'$2a$12$fIWOPz8/redis\'\n',
  },
  *check(context) {
    const { template, others } = context
    for (const { statement, name } of unsetReferences(context)) {
      // A variable that is stated further down is the other rule's; another feature's depends on the product's order.
      const isBelow = (template.stated.get(name)?.start ?? -1) > statement.start
      if (isBelow || others.stating(name).length > 0) continue
      const { key, line } = statement
      const raw = rawOf(template, statement)
      // What only looks like a variable is a part of the value, and that may be a secret.
      const isMeant = raw === `$${name}` || raw.includes(`\${${name}}`)
      const isSecret = !isMeant && isHidden(key, raw)
      const literal = isSecret || /[a-z]/.test(name) || /\$\d/.test(raw)
      yield {
        file: template.file,
        line,
        message: `${key}: Docker Compose takes ${isSecret ? 'what follows a $' : `$${name}`} for a variable; nobody states it, so it becomes nothing`,
        next: literal
          ? 'Put the value in single quotes: there a dollar is a dollar.'
          : `State ${name} above that line, or give it a default: \${${name}:-…}`,
      }
    }
  },
} as const satisfies Rule

/** References that come to nothing: to a variable that is not stated above, without a default. */
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
