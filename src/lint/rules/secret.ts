import { looksLikeSecret } from '../../env/secret.js'
import { rawOf } from '../context.js'
import { ENV, type Rule } from '../rule.js'

export const secret = {
  code: 'secret',
  group: 'env',
  severity: 'error',
  meaning: 'A value looks like a real key or token.',
  reason:
    'The template is committed, so everyone who can read the repository can use the key, even after it is deleted from the latest version.',
  // Split, so that secret scanners do not report it.
  bad: { [ENV]: `# Backups go to S3\nREDIS_BACKUP_KEY_ID=${'AKIA'}Q3EGRIVTNH5KZ7PW\n` },
  good: { [ENV]: '# Backups go to S3\nREDIS_BACKUP_KEY_ID=change-me\n' },
  *check({ template }) {
    for (const statement of template.doc.statements) {
      const found = looksLikeSecret(statement.key, rawOf(template, statement))
      if (found?.kind !== 'known') continue
      const message = `${statement.key} looks like ${found.what}`
      const next = 'Replace it with change-me and revoke the key: anyone who has read the file can use it.'
      yield { file: template.file, line: statement.line, message, next }
    }
  },
} as const satisfies Rule
