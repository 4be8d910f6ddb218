/** `loadProduct` for those who use the library: the command checks names before. */
import { expect, test } from 'vitest'
import { planMerge } from '../../src/merge/merge.js'
import { loadProduct } from '../../src/workspace/product.js'
import { openWorkspace } from '../../src/workspace/workspace.js'
import { makeWorkspace } from '../support/workspace.js'

test.each([
  ['../../victim', 'bad-name'],
  ['shopp', 'no-product'],
  ['', 'bad-name'],
])('%j is no product: it is told, and nothing of it is read', async (name, code) => {
  const workspace = makeWorkspace({
    'features/redis/.env.example': 'REDIS_HOST_PORT=6380\n',
    'products/shop/': '',
    'victim/.env': 'SECRET=1\n',
  })
  const { source, problems } = await loadProduct(await openWorkspace(workspace.root), name)
  expect(problems).toMatchObject([{ code }])
  const plan = planMerge(source)
  expect(plan).toMatchObject({ before: null, after: null, entries: [] })
  expect(plan.file).not.toContain('..')
})
