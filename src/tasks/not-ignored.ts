import { basename, join } from 'node:path'
import type { FileChange } from '../file-change.js'
import { type Problem, problem } from '../problem.js'
import { isIgnored } from '../workspace/ignored.js'
import type { Workspace } from '../workspace/workspace.js'

/** Reports the new env files that git does not ignore. */
export async function notIgnored(
  { root }: Workspace,
  created: readonly Pick<FileChange, 'file'>[],
): Promise<Problem[]> {
  const problems: Problem[] = []
  for (const { file } of created) {
    if (await isIgnored(join(root, file))) continue
    const next = `Add this line to .gitignore: ${basename(file)}`
    problems.push(
      problem('env-not-ignored', { file }, 'Git does not ignore this file, which may hold secrets', next),
    )
  }
  return problems
}
