/**
 * Variables that steer Compose, the shell or the loader instead of an application. A feature that could set
 * them could switch the product env off (`COMPOSE_DISABLE_ENV_FILE`), point Docker at another engine, or run
 * code in whatever sources the file; a product has to allow it by name.
 */
const RESERVED: readonly { readonly names: RegExp; readonly reason: string }[] = [
  { names: /^COMPOSE_/, reason: 'steers Docker Compose itself' },
  { names: /^(DOCKER|BUILDKIT|BUILDX)_/, reason: 'steers the docker command' },
  { names: /^(LD|DYLD)_/, reason: 'makes the loader put foreign code into every program' },
  {
    names:
      /^(PATH|PATHEXT|CDPATH|HOME|SHELL|USER|LOGNAME|PWD|OLDPWD|TMPDIR|IFS|ENV|BASH_ENV|BASH_FUNC_.*|BASHOPTS|SHELLOPTS|PS[0-4]|PROMPT_COMMAND)$/,
    reason: 'steers the shell',
  },
  {
    names:
      /^(NODE_OPTIONS|NODE_PATH|PYTHONPATH|PYTHONSTARTUP|PERL5LIB|PERL5OPT|RUBYLIB|RUBYOPT|JAVA_TOOL_OPTIONS|GIT_(SSH|SSH_COMMAND|DIR|EXEC_PATH))$/,
    reason: 'makes an interpreter run foreign code',
  },
]

/** All of them at once, as hardly any name is one. */
const ANY = new RegExp(RESERVED.map(({ names }) => names.source).join('|'))

/** Why a feature may not set a variable without the product's leave; null if it may. */
export function reservedReason(name: string): string | null {
  const upper = name.toUpperCase()
  if (!ANY.test(upper)) return null
  return RESERVED.find(({ names }) => names.test(upper))?.reason ?? null
}
