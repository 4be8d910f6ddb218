/**
 * Variables with which a `.env` file steers Compose, docker or the programs they start, instead of an application.
 * A product has to allow them by name. How each row was found out: docs/reserved.md.
 */
const RESERVED: readonly { readonly names: RegExp; readonly reason: string }[] = [
  // All of them: Compose exports every one to itself and to the programs it starts.
  { names: /^COMPOSE_/, reason: 'steers Docker Compose itself' },
  {
    names:
      /^(DOCKER_(API_VERSION|AUTH_CONFIG|CERT_PATH|CLI_OTEL_EXPORTER_OTLP_ENDPOINT|CONFIG|CONTEXT|CUSTOM_HEADERS|HOST|TLS|TLS_VERIFY)|KUBECONFIG)$/,
    reason: 'decides which engine docker talks to, and how',
  },
  {
    names:
      /^(DOCKER_(BUILDKIT|CONTENT_TRUST|CONTENT_TRUST_SERVER|DEFAULT_PLATFORM)|BUILDX_(BUILDER|CONFIG)|EXPERIMENTAL_BUILDKIT_SOURCE_POLICY)$/,
    reason: 'decides what docker builds and runs',
  },
  {
    names:
      /^((ALL|HTTPS?|NO)_PROXY|SSL_CERT_(DIR|FILE)|GNUTLS_SYSTEM_PRIORITY_FILE|HOSTALIASES|LOCALDOMAIN|RES_OPTIONS|RESOLV_HOST_CONF)$/,
    reason: 'decides what Docker Compose connects to and trusts',
  },
  {
    names:
      /^(GIT_(ALLOW_PROTOCOL|ASKPASS|COMMON_DIR|CONFIG_\w+|DIR|EXEC_PATH|INDEX_FILE|OBJECT_DIRECTORY|PROXY_COMMAND|SSH|SSH_COMMAND|SSL_\w+|TEMPLATE_DIR|TRACE\w*|WORK_TREE)|SSH_(ASKPASS|AUTH_SOCK)|XDG_(CACHE|CONFIG)_HOME)$/,
    reason: 'steers git and ssh, which Docker Compose starts',
  },
  {
    names: /^(LD_(AUDIT|LIBRARY_PATH|PRELOAD)|DYLD_(INSERT_LIBRARIES|(FRAMEWORK|LIBRARY)_PATH)|GODEBUG)$/,
    reason: 'changes the code that programs run',
  },
  { names: /^(BASH_ENV|CDPATH|HOME|IFS|PATH|PROMPT_COMMAND|PS[0-4])$/, reason: 'steers the shell' },
]

/** All of them at once, as hardly any name is one. */
const ANY = new RegExp(RESERVED.map(({ names }) => names.source).join('|'))

/** Why a feature may not set a variable without the product's leave; null if it may. */
export function reservedReason(name: string): string | null {
  const upper = name.toUpperCase()
  if (!ANY.test(upper)) return null
  return RESERVED.find(({ names }) => names.test(upper))?.reason ?? null
}

/** The name itself, or one like it that a feature may set. */
export function allowedName(name: string): string {
  return reservedReason(name) === null ? name : `FEATURE_${name}`
}
