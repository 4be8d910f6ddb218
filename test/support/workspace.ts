/** Tiny real workspaces for the tests: written from a literal into a temp folder, read back, and gone at the end of the file. */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'

/** A file's path in the workspace → its content. A path that ends with `/` is an empty folder. */
export type Files = Readonly<Record<string, string | Uint8Array>>

export interface TestWorkspace {
  /** Absolute, without links. */
  readonly root: string
  /** The absolute path of a file. */
  readonly path: (file: string) => string
  readonly write: (files: Files) => void
  /** A file's content as UTF-8; null where there is no such file. */
  readonly read: (file: string) => string | null
  /** A file's bytes, one character each. */
  readonly bytes: (file: string) => string
  /** Every file with its content, by path. */
  readonly all: () => Record<string, string>
}

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url))
const made: string[] = []

afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true })
})

/** A workspace with these files; `features/` and `products/` are there in any case. */
export function makeWorkspace(files: Files = {}): TestWorkspace {
  const workspace = makeFolder()
  workspace.write({ 'features/': '', 'products/': '', ...files })
  return workspace
}

/** An empty folder, which is no workspace. */
export function makeFolder(): TestWorkspace {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'product-env-test-')))
  made.push(root)
  const path = (file: string) => join(root, file)
  return {
    root,
    path,
    write: (files) => {
      for (const [file, content] of Object.entries(files)) {
        mkdirSync(file.endsWith('/') ? path(file) : dirname(path(file)), { recursive: true })
        if (!file.endsWith('/')) writeFileSync(path(file), content)
      }
    },
    read: (file) => (isFile(path(file)) ? readFileSync(path(file), 'utf8') : null),
    bytes: (file) => readFileSync(path(file), 'latin1'),
    all: () => {
      const entries = readdirSync(root, { recursive: true, withFileTypes: true })
      const names = entries
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => join(parentPath, name))
      return Object.fromEntries(
        names.sort().map((name) => [name.slice(root.length + 1), readFileSync(name, 'utf8')]),
      )
    },
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

/** A copy of the repository's demo workspace, without the `.env` files of a developer who has tried it. */
export function demoWorkspace(): TestWorkspace {
  const workspace = makeFolder()
  const isMerged = (path: string) => /[/\\]\.env(\.(?!.*example$).*)?$/.test(path)
  for (const part of ['features', 'products']) {
    cpSync(join(REPOSITORY, part), workspace.path(part), {
      recursive: true,
      filter: (path) => !isMerged(path),
    })
  }
  return workspace
}
