/** Services of which one is started in place of the other. */
import type { ComposeProject } from './project.js'

/** Whether two services have profiles of which none is the same. */
export function areExclusive(
  { services }: Pick<ComposeProject, 'services'>,
  one: string,
  two: string,
): boolean {
  const profilesOf = (service: string): readonly string[] =>
    services.find(({ name }) => name === service)?.profiles ?? []
  const [first, second] = [profilesOf(one), profilesOf(two)]
  return first.length > 0 && second.length > 0 && !first.some((profile) => second.includes(profile))
}
