import { expect, test } from 'vitest'
import { isProductEnv } from '../../src/workspace/layout.js'
import { workspaceLayout } from '../../src/workspace/workspace-layout.js'

const layout = workspaceLayout('/w')

test.each([
  ['products/shop', 'shop', null],
  ['products/shop/src/deep', 'shop', null],
  ['products', null, null],
  ['', null, null],
  ['features/redis', null, 'redis'],
  ['features/redis/compose.yaml', null, 'redis'],
  ['productsX/shop', null, null],
  ['../products/shop', null, null],
  ['/products/shop', null, null],
])('"%s" is in product %s and feature %s', (path, product, feature) => {
  expect([layout.productAt(path), layout.featureAt(path)]).toEqual([product, feature])
})

test.each([
  ['products/shop/.env', true],
  ['products/shop/.env.blue', true],
  ['products/shop/.env.example', false],
  ['products/shop/.env.dev.example', false],
  ['products/shop/.envrc', false],
  ['products/shop/src/.env', false],
  ['features/redis/.env', false],
])('%s is a product env: %s', (file, expected) => {
  expect(isProductEnv(layout, file)).toBe(expected)
})
