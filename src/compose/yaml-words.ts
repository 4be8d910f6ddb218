/** The line, from 1, of an offset. */
export function lineAt(text: string, at: number): number {
  return text.slice(0, at).split('\n').length
}

/** Messages of the `yaml` package → the middle of a sentence without the terms of YAML's specification. */
const WORDS: readonly (readonly [message: RegExp, words: string])[] = [
  [/^Tabs are not allowed.*/, '$line is indented with a tab; use spaces'],
  [
    /^(All|A block sequence|Sequence item|Block scalar values).*/,
    '$line is not indented like those around it',
  ],
  [/^Nested mappings.*/, '$line has a second ":"; quote the value if the ":" belongs to it'],
  [/^(Implicit|Multiline).*/, '$line is not "key: value", with a space after the ":"'],
  [/^(Missing (, |space after )|Block collections).*/, 'a "," or a space is missing on $line'],
  [/^Unexpected , in.*/, '$line has a "," too many'],
  [/^Unexpected flow-.*"(.)"$/, 'the "$1" on $line closes nothing'],
  [/^Unexpected block-seq-ind.*/, 'the "-" on $line must start a line of its own'],
  [/^(Unexpected .* at node end|Block scalar header).*/, '$line continues after the end of the value'],
  [/^Plain value cannot start with .*(.)$/, 'the value that starts with "$1" on $line must be quoted'],
  [/^Alias cannot be an empty.*/, 'the value that starts with "*" on $line must be quoted'],
  [/^Invalid escape sequence.*/, '$line has a "\\" that escapes nothing; use single quotes'],
  [
    /^(Unresolved tag|Could not resolve tag|Not a valid tag|Verbatim tags|The \S* tag).*/s,
    '$line has a tag (the word after a "!") that is not known',
  ],
  [
    /^(Unknown directive|Unsupported YAML version).*/s,
    '$line starts with "%", but is not a directive of YAML',
  ],
  [/^Comments must be separated.*/, 'a space is missing before the "#" on $line'],
]

const CONFLICT = /^(<{7}|={7}|>{7}|\|{7})( |$)/

/** Returns what is wrong, as the middle of a sentence. @param at the offset that the package reports */
export function plainWords(message: string, text: string, at: number): string {
  const line = `line ${lineAt(text, at)}`
  const start = text.lastIndexOf('\n', at - 1) + 1
  if (CONFLICT.test(text.slice(start, start + 8).trimEnd())) return `${line} is a conflict marker of git`
  // Behind its last colon, a message quotes the file.
  const other = `$line: ${message.replace(/(?<! ): .*$/s, '')}`
  const [pattern, words] = WORDS.find(([pattern]) => pattern.test(message)) ?? [/^.*$/s, other]
  return message.replace(pattern, words).replace('$line', line)
}
