/** Masks secrets in committed files. The values of a product env are masked in report/secrets.ts. */

export const MASK = '********'

/** Forms that only real secrets have, from the providers' own pages. */
const FORMS: readonly { readonly what: string; readonly pattern: RegExp }[] = [
  { what: 'a private key', pattern: /-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY/ },
  { what: 'an AWS access key', pattern: /(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Z0-9])/ },
  { what: 'a GitHub token', pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{40})/ },
  { what: 'a GitLab token', pattern: /\bglpat-[\w-]{20}/ },
  { what: 'an npm token', pattern: /\bnpm_[A-Za-z0-9]{36}/ },
  { what: 'a Slack token', pattern: /\bxox[abeoprs]-[\w-]{20}/ },
  { what: 'a Stripe key', pattern: /\b[rs]k_live_[A-Za-z0-9]{16}/ },
  { what: 'an API key', pattern: /\bsk-(?:proj-|ant-|or-)?[\w-]{32}/ },
  { what: 'a Google API key', pattern: /\bAIza[\w-]{35}/ },
  { what: 'a SendGrid key', pattern: /\bSG\.[\w-]{22}\.[\w-]{43}/ },
  { what: 'a Hugging Face token', pattern: /\bhf_[A-Za-z0-9]{34}/ },
  { what: 'a DigitalOcean token', pattern: /\bdo[opr]_v1_[0-9a-f]{64}/ },
  { what: 'a JSON Web Token', pattern: /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20}/ },
  {
    what: 'a Slack webhook',
    pattern: /\bhooks\.slack\.com\/(?:services|workflows)\/T[A-Z0-9]{8,}\/[AB][A-Z0-9]{8,}\/[A-Za-z0-9]{16}/,
  },
  { what: 'an Azure key', pattern: /\b(?:AccountKey|SharedAccessKey)=[A-Za-z0-9+/]{40,90}={1,2}/ },
]

const SECRET_NAME =
  /SECRET(?!_?(?:NAME|FILE|PATH|ID|ARN|DIR)$)|(?:PASSWORD|PASSWD|PASSPHRASE|TOKEN|CREDENTIALS?|SALT|(?:API|ACCESS|PRIVATE|APP|AUTH|SIGNING|ENCRYPTION|MASTER)_?KEY|_KEY|_KEY_BASE|_PASS|_PWD)$/i

/** Names that end like secrets, but have public values. */
const OPEN_NAME =
  /(?:^|_)(?:PUBLIC|PUBLISHABLE|SITE|CACHE|PRIMARY|FOREIGN|SORT|PARTITION|ROUTING|INDEX)_?KEY$/i

/** Names whose values a message does not show: more than secrets, as a mask costs little. */
const HIDDEN_NAME =
  /SECRET|PASSW|PASSPHRASE|TOKEN|CREDENTIAL|PRIVATE|SALT|(?:^|_)[A-Z]*(?:KEY|PASS|PWD)S?(?:_|$)|(?:^|_)(?:PW|PIN|DSN|AUTH|CERT)(?:_|$)/i

const PLACEHOLDER =
  /change|example|placeholder|replace|insert|your|dummy|sample|fake|todo|fixme|secret|password|passwd|default|local|test|demo|xxx|\.\.\.|<|>|0{8}|1234567|abcdef|__[A-Z_]+__/i

const SHORTEST = 16
const LONGEST = 4096
/** In bits per character: English words have about 3.2, random hex digits 3.6 and more. */
const ENTROPY = 3.4

/**
 * Returns the kind of secret that a value looks like. `known`: it has a form that nothing else has. `random`: its name
 * is that of a secret, and it is random.
 * @param value a byte string
 */
export function looksLikeSecret(
  key: string,
  value: string,
): { kind: 'known' | 'random'; what: string } | null {
  if (value.length < SHORTEST) return null
  const text = value.slice(0, LONGEST)
  const form = FORMS.find(({ pattern }) => pattern.test(text))
  if (form !== undefined) {
    return /example|x{6}|X{6}|(.)\1{9}/i.test(text) ? null : { kind: 'known', what: form.what }
  }
  const credentials = /:\/\/[^\s/:@]{0,100}:([^\s/@]{16,200})@/.exec(text)?.[1]
  if (credentials !== undefined && isRandom(credentials)) {
    return { kind: 'random', what: 'a URL with a real password' }
  }
  // Sentry: https://KEY@HOST/PROJECT
  const user = /:\/\/([^\s/:@]{16,200})@/.exec(text)?.[1]
  if (user !== undefined && isRandom(user)) return { kind: 'random', what: 'a URL with a real key' }
  const isSecret = SECRET_NAME.test(key) && !OPEN_NAME.test(key)
  return isSecret && isRandom(text) ? { kind: 'random', what: 'a real secret' } : null
}

/** The text behind the colon is neither a port nor a variable; the `@` may be cut off. */
const PASSWORD_IN_URL = /:\/\/(?!\[)[^\s/@]{0,200}:(?!\d{1,5}(?![^\s/?#"',)\]}])|\$)[^\s/@]/

/** Returns true for a value of which a message may show no part. */
export function isHidden(key: string, value: string): boolean {
  return HIDDEN_NAME.test(key) || PASSWORD_IN_URL.test(value) || looksLikeSecret(key, value) !== null
}

/** Returns where a value begins that looks like a secret (`KEY=value`, `key: value`); null for none. Tokens are masked by `withoutTokens`. */
export function secretAt(line: string): number | null {
  for (const { 0: before, 1: key = '', index } of line.matchAll(/([\w-]+)["']?\s*[=:]\s*/g)) {
    const at = index + before.length
    const value = line.slice(at)
    if (value !== '' && isHidden(underlined(key), value) && !/^["']?\$\{?\w+\}?["']?\s*$/.test(value))
      return at
  }
  return null
}

/** Returns a command line with what looks like a secret masked: `--password=…`, `--token …`, `API_KEY=…`. */
export function maskedCommand(words: readonly string[]): string {
  const isSecret = (flag: string) => flag.startsWith('-') && HIDDEN_NAME.test(underlined(flag))
  const shown = words.map((word, index) => {
    if (!word.startsWith('-') && isSecret(words[index - 1] ?? '')) return MASK
    const at = secretAt(word)
    return at === null ? word : word.slice(0, at) + MASK
  })
  // In `sh -c '…'`, one word is a whole command line.
  return shown
    .join(' ')
    .replace(/(-[\w-]+)(\s+)[^\s-]\S*/g, (all, flag, gap) => (isSecret(flag) ? flag + gap + MASK : all))
}

/** `--api-key` is named like `API_KEY`. */
function underlined(name: string): string {
  return name.replaceAll('-', '_')
}

const LONGEST_QUOTED = 60

/** Returns a value for a message: in quotes and shortened, or masked. */
export function quoted(text: string, key: string): string {
  if (isHidden(key, text)) return MASK
  return JSON.stringify(text.length > LONGEST_QUOTED ? `${text.slice(0, LONGEST_QUOTED)}…` : text)
}

/** The forms, up to the end of the word or of the private key. */
const TOKENS = new RegExp(
  FORMS.map(({ pattern: { source } }) =>
    source.startsWith('-----')
      ? `${source}(?:[^]*?-----END [A-Z0-9 ]*-----|[^]*)`
      : `(?:${source})[\\w+/=.-]*`,
  ).join('|'),
  'g',
)

/** Masks tokens and passwords in URLs wherever they are in a text. */
export function withoutTokens(text: string): string {
  if (text.length < SHORTEST) return text
  return text
    .replace(TOKENS, MASK)
    .replace(/(:\/\/[^\s/:@"']{0,200}:)[^\s/@"'$][^\s/@"']*(?=@)/g, `$1${MASK}`)
}

function isRandom(text: string): boolean {
  const mixed = /\d/.test(text) && /[A-Za-z]/.test(text)
  return (
    mixed &&
    text.length >= SHORTEST &&
    !/[\s]|\$\{|:\/\/|^[./~$]/.test(text) &&
    !PLACEHOLDER.test(text) &&
    !isWords(text) &&
    entropy(text.slice(0, 128)) >= ENTROPY
  )
}

/** Returns true for `app:v1:session:store2`: three words or more, each with at most a number behind it. */
function isWords(text: string): boolean {
  const words = text.slice(0, 256).split(/[^A-Za-z0-9]+/)
  return words.length > 2 && words.every((word) => /^(?:[a-z]*|[A-Z]*|[A-Z][a-z]*)\d{0,3}$/.test(word))
}

/** Shannon's, in bits per character. */
function entropy(text: string): number {
  const counts = new Map<string, number>()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length)
  return bits
}
