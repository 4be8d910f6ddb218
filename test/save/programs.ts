/** The programs that the tests start: bundled from today's source, so that no test looks at an old build. */
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url))

/**
 * Bundles a program.
 * @param folder where to put it; every user may read it there
 * @returns the path of the program, for `node`
 */
export function bundle(entry: 'src/bin/product.ts' | 'test/save/saver.ts', folder: string): string {
  const outfile = join(folder, entry.endsWith('saver.ts') ? 'saver.cjs' : 'product.cjs')
  buildSync({
    entryPoints: [join(REPOSITORY, entry)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    define: { __VERSION__: '"0.0.0"' },
  })
  chmodSync(folder, 0o755)
  return outfile
}
