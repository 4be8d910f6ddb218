/** What `product check --fix` did, or would do, as text, as JSON, and as annotations for GitHub. */
import { ownerName } from '../claims/claim.js'
import type { Reassignment, Unresolved } from '../claims/resolve.js'
import { annotation } from './annotation.js'
import { printable } from './escape.js'

/** A repair. */
export interface FixResult {
  /** It was carried out; it was only to be shown; or an error forbids it. */
  readonly state: 'done' | 'shown' | 'stopped'
  /** Whether what is outdated is merged again with it. */
  readonly refresh: boolean
  /** With the `product.yaml` that states the offset. */
  readonly reassignments: readonly (Reassignment & { readonly file: string })[]
  readonly unresolved: readonly Unresolved[]
  readonly outdated: readonly Outdated[]
}

/** A product or instance whose env file holds other ports than it should. */
interface Outdated {
  readonly product: string
  readonly instance: string | null
  readonly plan: { readonly file: string }
}

/** One thing that is done, or is left to the user. */
interface Step {
  readonly what: string
  readonly text: string
  /** The file that it is about; none if nothing is done. */
  readonly file?: string
}

/** For people, a step a line. */
export function fixLines(fix: FixResult): string[] {
  return stepsOf(fix).map(({ what, text }) => `  ${what.padEnd(7)}  ${printable(text)}`)
}

/** One annotation a step. */
export function fixAnnotations(fix: FixResult): string[] {
  return stepsOf(fix).map((step) => annotation('notice', step, `${step.what}: ${step.text}`))
}

/** As JSON (docs/json.md); empty lists without a fix. */
export function fixJson(fix: FixResult | null) {
  return {
    reassignments: (fix?.reassignments ?? []).map(({ owner, offset, hashed }) => ({
      product: owner.product,
      instance: owner.instance,
      from: owner.offset,
      offset,
      hashed,
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

function stepsOf({ state, refresh, reassignments, outdated }: FixResult): Step[] {
  if (state === 'stopped')
    return [{ what: 'fixed', text: 'nothing, since there are errors: correct them first' }]
  const [gets, refreshed] = state === 'shown' ? ['would get', 'would be refreshed'] : ['gets', 'refreshed']
  const fixed = reassignments.map(({ owner, offset, hashed, file }): Step => {
    const text = `${ownerName(owner)} ${gets} offset ${offset} = crc32("${hashed}"), in place of ${owner.offset}`
    return { what: 'fixed', text, file }
  })
  const again = outdated.map(({ product, instance, plan: { file } }): Step => {
    if (refresh) return { what: refreshed as string, text: file, file }
    return { what: 'merge again', text: refreshCommand({ product, instance }), file }
  })
  return [...fixed, ...again]
}

export function refreshCommand({ product, instance }: Pick<Outdated, 'product' | 'instance'>): string {
  const name = instance === null ? product : `${product} --instance ${instance}`
  return `product env --merge --refresh ${name}`
}
