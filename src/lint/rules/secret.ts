import { looksLikeSecret } from '../../env/secret.js'
import { rawOf } from '../context.js'
import type { Rule } from '../rule.js'

export const secret = {
  code: 'secret',
  group: 'env',
  severity: 'error',
  meaning: 'A value has the form of a real key or token.',
  reason:
    'A template is committed, and so everybody who can read the repository can use the key, also long after it was deleted from the newest version.',
  // In parts, so that scanners of source code do not take it for a real one.
  bad: {
    'features/redis/.env.example': `# Backups go to S3\nREDIS_BACKUP_KEY_ID=${'AKIA'}Q3EGRIVTNH5KZ7PW\n`,
  },
  good: { 'features/redis/.env.example': '# Backups go to S3\nREDIS_BACKUP_KEY_ID=change-me\n' },
  *check({ template }) {
    for (const statement of template.doc.statements) {
      const found = looksLikeSecret(statement.key, rawOf(template, statement))
      if (found?.kind !== 'known') continue
      const message = `${statement.key} looks like ${found.what}`
      const next = 'Write change-me in its place, and revoke the key: whoever has read the file can use it.'
      yield { file: template.file, line: statement.line, message, next }
    }
  },
} as const satisfies Rule
