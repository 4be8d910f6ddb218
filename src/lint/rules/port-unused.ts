import { variablesOf } from '../../compose/variables.js'
import { portVariables } from '../context.js'
import { COMPOSE, ENV, found, PORT, PUBLISHED, REDIS, type Rule } from '../rule.js'

export const portUnused = {
  code: 'port-unused',
  group: 'ports',
  severity: 'warning',
  meaning: 'A port variable is not used in any Compose file.',
  reason:
    'A host port is reserved for nothing; often the Compose file spells the name differently and publishes a random port.',
  bad: { [ENV]: PORT, [COMPOSE]: REDIS },
  good: { [ENV]: PORT, [COMPOSE]: PUBLISHED },
  *check(context) {
    const { compose, others } = context
    if (compose === null || compose.problems.some(({ severity }) => severity === 'error')) return
    const used = new Set(variablesOf(compose.trees).map(({ name }) => name))
    for (const variable of portVariables(context)) {
      const { key } = variable
      if (used.has(key) || others.isUsed(key)) continue
      const next = `Publish it (- "\${${key}}:…"), or remove the variable.`
      yield found(variable, `No Compose file uses ${key}`, next)
    }
  },
} as const satisfies Rule
