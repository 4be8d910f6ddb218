import { decode } from '../../env/bytes.js'
import { quoted } from '../../env/secret.js'
import { allowedName } from '../../merge/reserved.js'
import { placeOf } from '../context.js'
import { upper } from '../new-port.js'
import { ENV, type Rule } from '../rule.js'

export const conflict = {
  code: 'conflict',
  group: 'env',
  severity: 'warning',
  meaning: 'Another feature sets the same variable to a different value.',
  reason:
    'In a product with both features, the first one in its list wins, and the other one runs with a value that is not its own.',
  bad: {
    [ENV]: '# Memory\nMEMORY_LIMIT=128mb\n',
    'features/mysql/.env.example': '# Memory\nMEMORY_LIMIT=512mb\n',
  },
  good: {
    [ENV]: '# Memory\nREDIS_MEMORY_LIMIT=128mb\n',
    'features/mysql/.env.example': '# Memory\nMYSQL_MEMORY_LIMIT=512mb\n',
  },
  *check({ feature, template, others }) {
    for (const [key, { line, kind }] of template.defined) {
      const value = template.reading.values.get(key)
      if (kind === 'inherit' || value === undefined) continue
      const other = others.defining(key).find((defined) => defined.value !== value)
      if (other === undefined) continue
      const theirs = `${quoted(decode(other.value), key)} in feature ${other.feature} (${placeOf(other)})`
      const prefix = upper(feature)
      const next = key.toUpperCase().startsWith(prefix)
        ? `Use the same value in both, or rename the variable in ${other.feature}.`
        : `Use the same value in both, or rename the variable here: ${allowedName(`${prefix}_${key}`)}`
      const message = `${key} is ${quoted(decode(value), key)} here, but ${theirs}`
      yield { file: template.file, line, message, next }
    }
  },
} as const satisfies Rule
