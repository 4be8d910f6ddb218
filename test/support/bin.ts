/** The `product` command as a program of its own, for what only a real process shows. */
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** Builds it, without what makes the real build fast. @param outfile such as `product.cjs` */
export async function buildProduct(outfile: string): Promise<void> {
  const entry = fileURLToPath(new URL('../../src/bin/product.ts', import.meta.url))
  const options = { bundle: true, platform: 'node', format: 'cjs', logLevel: 'error' } as const
  await build({ entryPoints: [entry], outfile, ...options })
}
