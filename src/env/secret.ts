/**
 * What of a file's text a message may show. Values of a product env never get this far (report/secrets.ts masks them);
 * what is committed, a template or a Compose file, is shown unless it looks like a secret.
 */

/** Shown in place of what may be a secret. */
export const MASK = '********'

/** A form that only real secrets have. Sources: the providers' own pages on their tokens' formats. */
interface SecretForm {
  readonly what: string
  readonly pattern: RegExp
}

const FORMS: readonly SecretForm[] = [
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

/** Names of variables whose values are secret. */
const SECRET_NAME =
  /SECRET(?!_?(?:NAME|FILE|PATH|ID|ARN|DIR)$)|(?:PASSWORD|PASSWD|PASSPHRASE|TOKEN|CREDENTIALS?|SALT|(?:API|ACCESS|PRIVATE|APP|AUTH|SIGNING|ENCRYPTION|MASTER)_?KEY|_KEY|_KEY_BASE|_PASS|_PWD)$/i

/** Names that end like those, and whose values are there to be seen, or name something. */
const OPEN_NAME =
  /(?:^|_)(?:PUBLIC|PUBLISHABLE|SITE|CACHE|PRIMARY|FOREIGN|SORT|PARTITION|ROUTING|INDEX)_?KEY$/i

/** Names of variables whose values a message does not show: more than those above, as a mask costs little. */
const HIDDEN_NAME =
  /SECRET|PASSW|PASSPHRASE|TOKEN|CREDENTIAL|PRIVATE|SALT|(?:^|_)[A-Z]*(?:KEY|PASS|PWD)S?(?:_|$)|(?:^|_)(?:PW|PIN|DSN|AUTH|CERT)(?:_|$)/i

/** Words of which placeholders are made. */
const PLACEHOLDER =
  /change|example|placeholder|replace|insert|your|dummy|sample|fake|todo|fixme|secret|password|passwd|default|local|test|demo|xxx|\.\.\.|<|>|0{8}|1234567|abcdef|__[A-Z_]+__/i

const SHORTEST = 16
/** Of a value beyond this only the start is looked at, which is enough to see how it is made. */
const LONGEST = 4096
/** In bits a character. English words come to about 3.2, random hex digits to 3.6 and more. */
const ENTROPY = 3.4

/**
 * What kind of secret a value looks like; null if it does not. `known`: by a form that nothing else has. `random`: by a
 * name that says so and a value that nobody would type.
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

/** Behind the colon is neither a port nor a variable; the `@` may be cut off. */
const PASSWORD_IN_URL = /:\/\/(?!\[)[^\s/@]{0,200}:(?!\d{1,5}(?![^\s/?#"',)\]}])|\$)[^\s/@]/

/** Whether a message may not show a value, nor a part of it. */
export function isHidden(key: string, value: string): boolean {
  return HIDDEN_NAME.test(key) || PASSWORD_IN_URL.test(value) || looksLikeSecret(key, value) !== null
}

const LONGEST_QUOTED = 60

/** A value for a message: in quotes and shortened, or masked. @param key what it is the value of */
export function quoted(text: string, key: string): string {
  if (isHidden(key, text)) return MASK
  return JSON.stringify(text.length > LONGEST_QUOTED ? `${text.slice(0, LONGEST_QUOTED)}…` : text)
}

/** The forms with what may follow in the same word, or up to the end of the key. */
const TOKENS = new RegExp(
  FORMS.map(({ pattern: { source } }) =>
    source.startsWith('-----')
      ? `${source}(?:[^]*?-----END [A-Z0-9 ]*-----|[^]*)`
      : `(?:${source})[\\w+/=.-]*`,
  ).join('|'),
  'g',
)

/** A text in which what can only be a secret is masked, wherever it stands: tokens by their form, and passwords in URLs. */
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

/** `app:v1:session:store2`: three words or more, each at most with a number behind it. */
function isWords(text: string): boolean {
  const words = text.slice(0, 256).split(/[^A-Za-z0-9]+/)
  return words.length > 2 && words.every((word) => /^(?:[a-z]*|[A-Z]*|[A-Z][a-z]*)\d{0,3}$/.test(word))
}

/** Shannon's, of the characters, in bits a character. */
function entropy(text: string): number {
  const counts = new Map<string, number>()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length)
  return bits
}
