import type { Document } from 'yaml'
import { Tabs } from './tabs.js'
import { Refusal, yamlDocuments } from './yaml.js'

/** Compose has no limit of its own; the `yaml` package takes about a second and 100 MB for each million characters. */
const MAX_LENGTH = 4 * 1024 * 1024

// Failsafe leaves every scalar a string, for `scalar.ts` to resolve; the package's own check for equal keys is quadratic.
const OPTIONS = {
  schema: 'failsafe',
  uniqueKeys: false,
  prettyErrors: false,
  resolveKnownTags: false,
  logLevel: 'silent',
} as const

const UNREADABLE = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffd-\uffff]/

/** What decoding makes of the byte order mark of UTF-16, and of a character of ASCII behind it. */
const UTF_16 = /^\ufffd\ufffd(?:\0|.\0)/s

/**
 * The documents of a Compose file, as go-yaml reads it.
 * @throws Refusal at the first thing that Compose would not read, or that passes a limit
 */
export function* documentsOf(text: string): Generator<Document.Parsed> {
  if (text.length > MAX_LENGTH) {
    const message = `The file is larger than ${MAX_LENGTH / 1024 / 1024} MiB, which product-env does not read`
    throw new Refusal(message, MAX_LENGTH, 'Make it smaller, or split it and include the parts.')
  }
  if (UTF_16.test(text)) {
    const message = 'The file is UTF-16, which product-env does not read'
    throw new Refusal(message, 0, 'Save the file as UTF-8.')
  }
  const bad = UNREADABLE.exec(text)
  if (bad !== null) {
    throw new Refusal(
      bad[0] === '\ufffd'
        ? 'The file is not valid UTF-8'
        : 'The file contains a control character, which YAML does not allow',
      bad.index,
    )
  }
  for (const document of yamlDocuments(text, OPTIONS, new Tabs(text))) {
    // go-yaml knows no directives but `%TAG` and this one.
    const { explicit, version } = document.directives.yaml
    if (explicit && version !== '1.1') throw new Refusal('Compose reads only YAML 1.1', document.range[0])
    yield document
  }
}
