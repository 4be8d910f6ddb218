/** A file before and after a run. Both texts are byte strings; null stands for no file. */
export interface FileChange {
  /** As shown to people: relative to the workspace. */
  readonly file: string
  readonly before: string | null
  readonly after: string | null
}
