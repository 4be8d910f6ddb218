import { variablesOf } from '../../compose/variables.js'
import { reservedReason } from '../../merge/reserved.js'
import { isOwn, ownPorts } from '../context.js'
import { COMPOSE, ENV, found, REDIS, type Rule } from '../rule.js'

/** Set by every shell. */
const FROM_THE_SHELL: ReadonlySet<string> = new Set(['LOGNAME', 'PWD', 'SHELL', 'USER'])

export const unsetVariable = {
  code: 'unset-variable',
  group: 'compose',
  severity: 'warning',
  meaning: 'A Compose file uses a variable that no template sets.',
  reason:
    'Compose only warns and uses an empty value. A merge adds only what templates set, so every product with the feature starts with an empty value.',
  bad: {
    [ENV]: '# Memory for redis\nREDIS_MEMORY=128mb\n',
    [COMPOSE]: `${REDIS}    command: ["redis-server", "--maxmemory", "\${REDIS_MAXMEMORY}"]\n`,
  },
  good: {
    [ENV]: '# Memory for redis\nREDIS_MAXMEMORY=128mb\n',
    [COMPOSE]: `${REDIS}    command: ["redis-server", "--maxmemory", "\${REDIS_MAXMEMORY}"]\n`,
  },
  *check(context) {
    const { compose, templates, template, others, isPort } = context
    const published = new Set(
      ownPorts(context).flatMap(({ references }) => references.map(({ name }) => name)),
    )
    for (const { name, uses } of variablesOf([compose?.model])) {
      const use = uses.find(({ span, operator, isSet }) => operator === '' && !isSet && isOwn(context, span))
      // Ports have their own rules, and features may not set reserved variables.
      if (use === undefined || published.has(name) || isPort(name)) continue
      if (reservedReason(name) !== null || FROM_THE_SHELL.has(name)) continue
      if (templates.some(({ defined }) => defined.has(name)) || others.defining(name).length > 0) continue
      yield found(
        use.span,
        `No template sets ${name}, so Docker Compose replaces \${${name}} with nothing`,
        `Set it in ${template.file}, or give it a default: \${${name}:-…}; if each product must set it, write \${${name}:?…}`,
      )
    }
  },
} as const satisfies Rule
