/** All rules, in the order of the docs. To add one, write its file and add it here. */
import type { LintContext } from './context.js'
import type { Finding, Found, Rule, RuleGroup } from './rule.js'
import { basePortTaken } from './rules/base-port-taken.js'
import { composeRefused } from './rules/compose-refused.js'
import { conflict } from './rules/conflict.js'
import { containerName } from './rules/container-name.js'
import { duplicateKey } from './rules/duplicate-key.js'
import { envFile } from './rules/env-file.js'
import { envRefused } from './rules/env-refused.js'
import { ephemeralPort } from './rules/ephemeral-port.js'
import { fixedSubnet } from './rules/fixed-subnet.js'
import { foreignContainer } from './rules/foreign-container.js'
import { forwardReference } from './rules/forward-reference.js'
import { hostPortInside } from './rules/host-port-inside.js'
import { literalPort } from './rules/literal-port.js'
import { missingEquals } from './rules/missing-equals.js'
import { networkModeHost } from './rules/network-mode-host.js'
import { noComment } from './rules/no-comment.js'
import { noImage } from './rules/no-image.js'
import { portEmpty } from './rules/port-empty.js'
import { portMissing } from './rules/port-missing.js'
import { portNotANumber } from './rules/port-not-a-number.js'
import { portNotShifted } from './rules/port-not-shifted.js'
import { portOutOfRange } from './rules/port-out-of-range.js'
import { portTwice } from './rules/port-twice.js'
import { portUnused } from './rules/port-unused.js'
import { privilegedPort } from './rules/privileged-port.js'
import { projectName } from './rules/project-name.js'
import { randomSecret } from './rules/random-secret.js'
import { readersDiffer } from './rules/readers-differ.js'
import { reservedVariable } from './rules/reserved-variable.js'
import { secret } from './rules/secret.js'
import { sharedBindMount } from './rules/shared-bind-mount.js'
import { sharedResource } from './rules/shared-resource.js'
import { spaceInValue } from './rules/space-in-value.js'
import { undeclaredResource } from './rules/undeclared-resource.js'
import { undeclaredVolume } from './rules/undeclared-volume.js'
import { unknownService } from './rules/unknown-service.js'
import { unsetReference } from './rules/unset-reference.js'
import { unsetVariable } from './rules/unset-variable.js'
import { urlBasePort } from './rules/url-base-port.js'

export const RULES = [
  envRefused,
  readersDiffer,
  unsetReference,
  forwardReference,
  duplicateKey,
  missingEquals,
  conflict,
  reservedVariable,
  secret,
  randomSecret,
  noComment,
  spaceInValue,
  composeRefused,
  noImage,
  envFile,
  unknownService,
  undeclaredVolume,
  undeclaredResource,
  unsetVariable,
  literalPort,
  portNotShifted,
  portMissing,
  portTwice,
  portUnused,
  portEmpty,
  portNotANumber,
  portOutOfRange,
  privilegedPort,
  ephemeralPort,
  basePortTaken,
  urlBasePort,
  hostPortInside,
  containerName,
  projectName,
  networkModeHost,
  foreignContainer,
  fixedSubnet,
  sharedBindMount,
  sharedResource,
] as const satisfies readonly Rule[]

export type LintCode = (typeof RULES)[number]['code']

/** The groups, in order, with their titles. */
export const GROUPS: Readonly<Record<RuleGroup, string>> = {
  env: 'The template',
  compose: 'The Compose file',
  ports: 'Host ports',
  isolation: 'Isolation between products',
}

/** Reports once what a rule finds in a Compose file with several templates. */
export function lintFeature(contexts: readonly LintContext[], rules: readonly Rule[] = RULES): Finding[] {
  const found = new Map<string, Finding & { readonly order: number }>()
  for (const context of contexts) {
    const own = [context.template.file, ...(context.compose?.files ?? [])]
    rules.forEach((rule, index) => {
      for (const each of rule.check(context)) {
        const { code, severity } = rule
        const key = [code, each.file, each.line, each.column ?? '', each.message].join('\0')
        const order = own.indexOf(each.file) * 1e6 + index
        if (!found.has(key)) found.set(key, { code, severity, ...each, order })
      }
    })
  }
  return [...found.values()].sort(byPlace).map(({ order: _, ...finding }) => finding)
}

/** By file in the order of reading, then by line, column and rule. */
function byPlace(a: Found & { order: number }, b: Found & { order: number }): number {
  if (a.file !== b.file) return a.order < b.order ? -1 : 1
  return a.line - b.line || (a.column ?? 0) - (b.column ?? 0) || a.order - b.order
}
