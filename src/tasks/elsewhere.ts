/** The same products in the other worktrees of the repository: the original, and its copies. */
import { relative, resolve } from 'node:path'
import { otherFolders } from '../workspace/copies.js'
import { openWorkspace, type Workspace } from '../workspace/workspace.js'
import { type SurveyedOwner, surveyProducts } from './survey.js'

/** Surveys products in the other worktrees. Their files are relative to this workspace; their problems are theirs. */
export async function surveyElsewhere(
  workspace: Workspace,
  products: readonly string[],
): Promise<SurveyedOwner[]> {
  const owners: SurveyedOwner[] = []
  for (const root of otherFolders(workspace)) {
    const other = await openWorkspace(root)
    const names = other.products.filter((name) => products.includes(name))
    const survey = names.length === 0 ? null : await surveyProducts(other, names)
    const shown = (path: string) => relative(workspace.root, resolve(root, path))
    for (const owner of survey?.owners ?? []) {
      const claims = owner.claims.map((claim) => ({ ...claim, file: shown(claim.file) }))
      const plan = { ...owner.plan, file: shown(owner.plan.file) }
      owners.push({ ...owner, claims, plan, directory: shown(owner.directory), problems: [] })
    }
  }
  return owners
}
