import { LOCAL_OFFSET } from '../ports/offset.js'
import { OWN_PORTS } from '../ports/own.js'
import { type Place, type Problem, problem } from '../problem.js'

/**
 * Variables in a `.env` file that control Compose, Docker or the programs they start, instead of an application.
 * The evidence for each row is in docs/reserved.md.
 */
const RESERVED: readonly { readonly names: RegExp; readonly reason: string }[] = [
  // Compose exports each of them to itself and to the programs that it starts.
  { names: /^COMPOSE_/, reason: 'controls Docker Compose itself' },
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
    reason: 'controls git and ssh, which Docker Compose starts',
  },
  {
    names: /^(LD_(AUDIT|LIBRARY_PATH|PRELOAD)|DYLD_(INSERT_LIBRARIES|(FRAMEWORK|LIBRARY)_PATH)|GODEBUG)$/,
    reason: 'changes the code that programs run',
  },
  { names: new RegExp(`^${LOCAL_OFFSET}$`), reason: 'sets the offset on one machine' },
  { names: /^(BASH_ENV|CDPATH|HOME|IFS|PATH|PROMPT_COMMAND|PS[0-4])$/, reason: 'controls the shell' },
]

const ANY = new RegExp(RESERVED.map(({ names }) => names.source).join('|'))

/** Returns why a feature may set a variable only if the product allows it; null if it may. */
export function reservedReason(name: string): string | null {
  const upper = name.toUpperCase()
  return ANY.test(upper) ? (RESERVED.find(({ names }) => names.test(upper))?.reason ?? null) : null
}

/** Returns the name itself, or a similar one that a feature may set. */
export function allowedName(name: string): string {
  return reservedReason(name) === null ? name : `FEATURE_${name}`
}

/** Returns a problem if a feature, or `ports:`, may not set a variable. */
export function reservedProblem(key: string, feature: string, place: Place): Problem[] {
  const reason = reservedReason(key)
  if (reason === null) return []
  if (feature === OWN_PORTS) {
    const next = 'Use a variable of another name in "ports:".'
    return [problem('reserved-variable', place, `${key} ${reason}, so it cannot be a port`, next)]
  }
  const message = `${key} ${reason}, so a feature may not set it`
  const next = `Remove it from the template, or add "allow: [${key}]" to product.yaml if feature ${feature} may set it.`
  return [problem('reserved-variable', place, message, next)]
}
