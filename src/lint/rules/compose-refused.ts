import { isOwn } from '../context.js'
import { COMPOSE, found, REDIS, type Rule } from '../rule.js'

export const composeRefused = {
  code: 'compose-refused',
  group: 'compose',
  severity: 'error',
  meaning: 'Docker Compose cannot read the Compose file, or one that it includes or extends.',
  reason:
    'No product with the feature can start, and the other rules cannot check what the file publishes. Only this tool refuses files larger than 4 MiB or in UTF-16.',
  bad: { [COMPOSE]: `${REDIS}  ports: "6380:6379"\n` },
  good: { [COMPOSE]: REDIS },
  *check(context) {
    const { compose } = context
    for (const { severity, code, file, line, column, message, next } of compose?.problems ?? []) {
      // Problems inside another feature's file are reported there.
      const isMine = file !== undefined && isOwn(context, { file })
      if (severity !== 'error' || !isMine || file === undefined) continue
      const isPort = code === 'port-out-of-range' || code === 'port-not-a-number'
      const what = isPort ? `${message}, so Docker Compose refuses it` : message
      yield found({ file, line: line ?? 1, column }, what, next)
    }
  },
} as const satisfies Rule
