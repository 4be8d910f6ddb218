/** The repairs of `product check --fix`, as text, as JSON, and as annotations for GitHub. */
import { ownerName } from '../claims/claim.js'
import { LOCAL_OFFSET } from '../ports/offset.js'
import type { Fix } from '../tasks/fix-collisions.js'
import { annotation } from './annotation.js'
import { printable } from './escape.js'

/** Something that was done, or that is left to the user. */
interface Step {
  readonly what: string
  readonly text: string
  readonly file?: string
}

export function fixLines(fix: Fix): string[] {
  return stepsOf(fix).map(({ what, text }) => `  ${what.padEnd(7)}  ${printable(text)}`)
}

export function fixAnnotations(fix: Fix): string[] {
  return stepsOf(fix).map((step) => annotation('notice', step, `${step.what}: ${step.text}`))
}

/** As JSON (docs/json.md); empty lists without a fix. */
export function fixJson(fix: Fix | null) {
  return {
    reassignments: (fix?.reassignments ?? []).map(({ owner, offset, hashed, file }) => ({
      product: owner.product,
      instance: owner.instance,
      from: owner.offset,
      offset,
      hashed,
      file,
    })),
    unresolved: (fix?.unresolved ?? []).map(({ owner, reason }) => ({
      product: owner.product,
      instance: owner.instance,
      reason,
    })),
    outdated: (fix?.outdated ?? []).map(({ product, instance, plan }) => ({
      product,
      instance,
      file: plan.file,
      refreshed: fix?.state === 'done' && fix.refresh,
    })),
  }
}

function stepsOf({ state, refresh, reassignments, outdated }: Fix): Step[] {
  if (state === 'stopped') return [{ what: 'fixed', text: 'nothing; fix the errors first' }]
  const [gets, refreshed] = state === 'shown' ? ['would get', 'would be refreshed'] : ['gets', 'refreshed']
  const fixed = reassignments.map(({ owner, offset, hashed, file, isLocal }): Step => {
    const where = isLocal ? `; on this machine only, by ${LOCAL_OFFSET} in ${file}` : ''
    const text = `${ownerName(owner)} ${gets} offset ${offset} = crc32("${hashed}"), instead of ${owner.offset}${where}`
    return { what: 'fixed', text, file }
  })
  const again = outdated.map(({ product, instance, plan: { file } }): Step => {
    if (refresh) return { what: refreshed as string, text: file, file }
    return { what: 'merge again', text: refreshCommand({ product, instance }), file }
  })
  return [...fixed, ...again]
}

export function refreshCommand({
  product,
  instance,
}: {
  readonly product: string
  readonly instance: string | null
}): string {
  const name = instance === null ? product : `${product} --instance ${instance}`
  return `product env --merge --refresh ${name}`
}
