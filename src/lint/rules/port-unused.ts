import { variablesOf } from '../../compose/variables.js'
import { portVariables } from '../port-use.js'
import type { Rule } from '../rule.js'

export const portUnused = {
  code: 'port-unused',
  group: 'ports',
  severity: 'warning',
  meaning: 'A port variable is not used in any Compose file.',
  reason:
    'A host port is reserved for nothing; often the Compose file spells the name differently and publishes a random port.',
  bad: {
    'features/redis/.env.example': '# Port that redis publishes on the host\nREDIS_HOST_PORT=6380\n',
    'features/redis/compose.yaml': 'services:\n  redis:\n    image: redis:7\n',
  },
  good: {
    'features/redis/.env.example': '# Port that redis publishes on the host\nREDIS_HOST_PORT=6380\n',
    'features/redis/compose.yaml':
      'services:\n  redis:\n    image: redis:7\n    ports:\n      - "${REDIS_HOST_PORT}:6379"\n',
  },
  *check(context) {
    const { compose, template, others } = context
    if (compose === null || compose.problems.some(({ severity }) => severity === 'error')) return
    const used = new Set(variablesOf(compose.trees).map(({ name }) => name))
    for (const { key, statement } of portVariables(context)) {
      if (used.has(key) || others.isUsed(key)) continue
      yield {
        file: template.file,
        line: statement.line,
        message: `No Compose file uses ${key}`,
        next: `Publish it (- "\${${key}}:…"), or remove the variable.`,
      }
    }
  },
} as const satisfies Rule
