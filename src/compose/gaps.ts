import { type Problem, problem } from '../problem.js'
import type { NameUse } from './names.js'
import type { ComposeProject } from './project.js'

/** Something that a service needs and its project does not have. */
export interface Gap extends Pick<NameUse, 'span' | 'raw'> {
  /** The name that is missing; for an image, the service without one. */
  readonly name: string
  readonly kind: NameUse['kind'] | 'volume' | 'image'
  readonly message: string
}

/** Gaps for which Compose refuses a product (compose-go 2.9.1, `loader/validate.go`); a feature may leave them to it. */
export function gapsOf(project: ComposeProject, services = project.services): Gap[] {
  const names = (all: readonly { readonly name: string }[]) => all.map(({ name }) => name)
  const known = {
    service: new Set(names(project.services)),
    network: new Set(['default', ...names(project.networks)]),
    volume: new Set(names(project.volumes)),
    secret: new Set(project.secrets),
    config: new Set(project.configs),
  }
  return services.flatMap(({ name: owner, span, hasSource, names: used, mounts }): Gap[] => {
    const gap = (kind: Gap['kind'], what: string, at: Pick<Gap, 'span' | 'raw'>, name: string): Gap => {
      return { kind, name, span: at.span, raw: at.raw, message: `Service ${owner} ${what}` }
    }
    const image = hasSource
      ? []
      : [gap('image', 'has neither an image nor a build', { span, raw: '' }, owner)]
    const uses = used.flatMap((use) => {
      const { kind, key, name } = use
      if (known[kind].has(name)) return []
      return kind === 'service'
        ? gap(kind, `lists ${JSON.stringify(name)} in ${key}, but there is no such service`, use, name)
        : gap(kind, `uses ${kind} ${JSON.stringify(name)}, which is not declared`, use, name)
    })
    const volumes = mounts.flatMap((mount) => {
      const { type, source } = mount
      if (type !== 'volume' || source === '' || known.volume.has(source)) return []
      return gap('volume', `mounts volume ${JSON.stringify(source)}, which is not declared`, mount, source)
    })
    return [...image, ...uses, ...volumes]
  })
}

/** Gaps as problems of a product. Compose checks a service with a profile only if the profile is active. */
export function gapProblems(project: ComposeProject): Problem[] {
  const always = project.services.filter(({ profiles }) => profiles.length === 0)
  const gaps = gapsOf(project, always).filter(({ raw }) => !raw.includes('$'))
  return gaps.map(({ kind, span: { file, line, column }, message }) => {
    const next =
      kind === 'image' ? 'Add an image or a build.' : `Declare it under \`${kind}s:\`, or correct the name.`
    return problem('compose-refused', { file, line, column }, message, next)
  })
}
