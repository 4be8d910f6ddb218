import { reservedReason } from '../../merge/reserved.js'
import { ENV, type Rule } from '../rule.js'

export const reservedVariable = {
  code: 'reserved-variable',
  group: 'env',
  severity: 'error',
  meaning: 'A feature sets a variable that controls Compose or the shell.',
  reason:
    'It would change how the whole product runs. A merge refuses it unless the product lists it under `allow:` in `product.yaml`.',
  bad: { [ENV]: '# Name of the project\nCOMPOSE_PROJECT_NAME=redis\n' },
  good: { [ENV]: '# Name of the cluster\nREDIS_CLUSTER_NAME=redis\n' },
  *check({ template }) {
    for (const { key, line } of template.doc.statements) {
      const reason = reservedReason(key)
      if (reason === null) continue
      const message = `${key} ${reason}, so a merge refuses it`
      const next = 'Use another name, or let each product set it in its own .env.example.'
      yield { file: template.file, line, message, next }
    }
  },
} as const satisfies Rule
