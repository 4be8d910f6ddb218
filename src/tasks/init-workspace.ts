/** Makes a folder a workspace: `features/`, `products/`, and the lines of .gitignore that keep merged files out of git. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { FileChange } from '../file-change.js'
import { type Problem, problem } from '../problem.js'
import { saveInNewFolders } from '../save/save-all.js'
import { entriesIn, isFolder, readText } from '../workspace/files.js'
import { LAYOUTS } from '../workspace/layouts.js'
import { isWorkspace } from '../workspace/workspace-layout.js'

export interface InitTask {
  /** Plans only, and writes nothing. */
  readonly dryRun?: boolean
}

export interface InitializedWorkspace {
  /** Files that are created or changed; relative to the folder. */
  readonly files: readonly FileChange[]
  /** With an error, nothing is written. */
  readonly problems: readonly Problem[]
}

const FOLDERS = ['features', 'products']
const IGNORED = ['.env', '.env.*']
const COMMITTED = ['!.env.example', '!.env.*.example']

/** @param root absolute */
export function initWorkspace(root: string, { dryRun = false }: InitTask = {}): InitializedWorkspace {
  const refused = refusal(root)
  if (refused !== null) return { files: [], problems: [refused] }
  const { text, problem: unread } = readText(join(root, '.gitignore'), '.gitignore')
  if (unread !== null) return { files: [], problems: [unread] }
  const after = withIgnored(text ?? '')
  const ignored = after === text ? [] : [{ file: '.gitignore', before: text, after }]
  const folders = isWorkspace(root) ? [] : FOLDERS
  const missing = folders.filter((folder) => !isFolder(join(root, folder)))
  const empty = folders.filter((folder) => entriesIn(join(root, folder), folder).entries.length === 0)
  // git does not keep an empty folder, and without it a clone is no workspace.
  const kept = empty.map((folder) => ({ file: `${folder}/.gitkeep`, before: null, after: '' }))
  const files = [...kept, ...ignored]
  const places = missing.map((file) => ({ path: join(root, file), file }))
  const saves = files.map((change) => ({ ...change, path: join(root, change.file), shared: true as const }))
  const problems = dryRun ? [] : saveInNewFolders(places, saves)
  return { files: problems.length > 0 ? [] : files, problems }
}

function refusal(root: string): Problem | null {
  if (!isFolder(root)) {
    const next = `Create it first: mkdir -p ${root}`
    return problem('no-workspace', {}, `${root} does not exist`, next)
  }
  const around = isWorkspace(root) ? null : workspaceAround(root)
  if (around !== null) {
    const what = around === root ? 'a workspace already' : `inside the workspace ${around}`
    const next = 'Use that workspace, or run product init in a folder outside it.'
    return problem('inside-workspace', {}, `${root} is ${what}`, next)
  }
  const file = isWorkspace(root) ? undefined : FOLDERS.find((each) => isOther(join(root, each)))
  if (file === undefined) return null
  const message = 'A file of this name exists, so the folder cannot be created'
  return problem('cannot-write', { file }, message, 'Rename the file.')
}

function workspaceAround(folder: string): string | null {
  const isAny = LAYOUTS.some(({ isAt, isWithinGit }) => !isWithinGit && isAt(folder))
  if (isAny) return folder
  return folder === dirname(folder) ? null : workspaceAround(dirname(folder))
}

function isOther(path: string): boolean {
  return existsSync(path) && !isFolder(path)
}

/** Appends the missing lines; those for templates have an effect only behind the others. @param text a byte string */
function withIgnored(text: string): string {
  const lines = text.split(/\r?\n/).map((line) => line.trimEnd())
  const missing = IGNORED.filter((line) => !lines.includes(line))
  const last = Math.max(...IGNORED.map((line) => lines.lastIndexOf(line)))
  const templates = COMMITTED.filter((line) => missing.length > 0 || lines.lastIndexOf(line) < last)
  const added = [...missing, ...templates]
  if (added.length === 0) return text
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  const gap = text === '' ? '' : /\n$/.test(text) ? eol : eol + eol
  return `${text}${gap}${['# Merged by product-env', ...added].map((line) => line + eol).join('')}`
}
