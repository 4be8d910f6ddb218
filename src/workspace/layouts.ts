/** The layouts, in the order in which they are tried in a folder. */
import type { Environment, Layout } from './layout.js'
import { isProject, projectLayout } from './project-layout.js'
import type { WorkspaceSettings } from './settings.js'
import { isSplentWorkspace, splentLayout } from './splent-layout.js'
import { isWorkspace, workspaceLayout } from './workspace-layout.js'

/** What a layout may depend on besides the folder. */
export interface LayoutOptions {
  /** The one that the user asks for. */
  readonly environment: Environment | null
  /** The shell's variables. */
  readonly shell: Readonly<Record<string, string | undefined>>
}

interface LayoutRow {
  readonly isAt: (folder: string) => boolean
  readonly open: (root: string, options: LayoutOptions, settings?: WorkspaceSettings) => Layout
  /** Names the workspace if nothing else does. */
  readonly variable?: string
  /** Found up to the top level of the git repository, after all others. */
  readonly isWithinGit?: true
}

const PROJECT: LayoutRow = { isAt: isProject, open: (root) => projectLayout(root), isWithinGit: true }

export const LAYOUTS: readonly LayoutRow[] = [
  { isAt: isWorkspace, open: (root, _, settings) => workspaceLayout(root, settings) },
  {
    isAt: isSplentWorkspace,
    open: (root, { environment, shell }) => splentLayout(root, environment, shell),
    variable: 'WORKING_DIR',
  },
  PROJECT,
]

/** Returns the layout of a folder that `findWorkspace` returned, or of one that is about to become a Compose project. */
export function layoutAt(folder: string): LayoutRow {
  return LAYOUTS.find(({ isAt }) => isAt(folder)) ?? PROJECT
}
