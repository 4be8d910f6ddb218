/** `product page` in a real browser: readable, searchable and accessible, and silent. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumMissing, startChromium } from '../support/chromium.js'
import { product } from '../support/cli.js'
import { requireOrSkip } from '../support/compose.js'
import { containerOf, engineOf } from '../support/machine.js'
import { demoWorkspace } from '../support/workspace.js'

const isHere = requireOrSkip('Chromium', chromiumMissing())
const AXE = isHere ? readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8') : ''

let browser: Browser
beforeAll(async () => {
  if (isHere) browser = await startChromium()
})
afterAll(() => browser?.close())

const PHONE = { width: 360, height: 740 }
const DESKTOP = { width: 1280, height: 900 }

const MARKUP = '<img src=x onerror=alert(1)><script>alert(1)</script>'
const HOSTILE = `services: { '"${MARKUP}': { image: x, ports: ["${MARKUP}:9000:80", "8999:80"] } }\n`

/** The page of a workspace with this many products, two of which collide, and one of which is up. */
async function pageOf(products: number): Promise<string> {
  const workspace = demoWorkspace()
  const names = Array.from({ length: products - 2 }, (_, index) => `shop_${index}`)
  for (const name of names)
    workspace.write({ [`products/${name}/product.yaml`]: 'features: [redis, mailhog, phpmyadmin]\n' })
  if (products > 2)
    workspace.write({
      'products/shop_0/product.yaml': 'features: [redis]\noffset: 591\n',
      'products/shop_1/compose.yaml': HOSTILE,
    })
  const up = containerOf('up', {
    project: 'my_first_app',
    service: 'web',
    directory: workspace.path('products/my_first_app'),
  })
  await product('page --live -o page.html', workspace, { machine: { engine: engineOf([up, []]) } })
  return workspace.path('page.html')
}

/** Opens a page, whatever it loads, prints or complains about counted as noise. */
async function open(file: string, viewport: typeof PHONE, colorScheme: 'light' | 'dark' = 'light') {
  const page = await browser.newPage({ viewport, colorScheme })
  const noise: string[] = []
  page.on('console', (message) => noise.push(message.text()))
  page.on('pageerror', (error) => noise.push(error.message))
  page.on('dialog', (dialog) => noise.push(dialog.message()))
  page.on('request', (request) => noise.push(request.url()))
  await page.goto(`file://${file}`)
  return { page, noise: () => noise.filter((each) => each !== `file://${file}` && !each.startsWith('data:')) }
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE)
  const results = (await page.evaluate('axe.run({ resultTypes: ["violations"] })')) as AxeResults
  return results.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
}

const isTooWide = (page: Page) => page.evaluate('document.documentElement.scrollWidth > innerWidth')

describe.skipIf(!isHere)('a page', () => {
  test.each([
    [2, PHONE, 'light'],
    [20, DESKTOP, 'light'],
    [20, PHONE, 'dark'],
    [200, PHONE, 'light'],
  ] as const)('of %d products is accessible at %o, %s', async (products, viewport, scheme) => {
    const { page, noise } = await open(await pageOf(products), viewport, scheme)
    expect(await violations(page)).toEqual([])
    expect(await isTooWide(page)).toBe(false)
    expect(noise()).toEqual([])
    expect(await page.locator('#_products .card', { hasText: MARKUP }).count()).toBe(products > 2 ? 1 : 0)
    await page.close()
  })

  test('is searched with the keyboard', async () => {
    const { page } = await open(await pageOf(20), DESKTOP)
    const visible = (selector: string) => page.locator(`${selector}:visible`).count()
    await page.keyboard.press('/')
    await page.keyboard.type('First redis')
    expect(await visible('#_products .card')).toBe(1)
    expect(await page.locator('#_found').textContent()).toBe('1 of 20')
    expect(await visible('#_collisions .card')).toBe(1)
    expect(await page.locator('svg a:not(.off):visible').count()).toBe(5)
    await page.keyboard.press('Enter')
    expect(await page.evaluate('document.activeElement.href')).toBe('http://localhost:8000/')
    await page.keyboard.press('Escape')
    expect(await visible('#_products .card')).toBe(20)
    await page.keyboard.type('/nothing at all')
    expect(await visible('.card')).toBe(0)
    expect(await visible('.band')).toBe(0)
    await page.close()
  })

  test('is printed in black on white, without the search box', async () => {
    const { page } = await open(await pageOf(2), DESKTOP, 'dark')
    const colour = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
    expect(await colour()).toBe('rgb(13, 17, 23)')
    await page.emulateMedia({ media: 'print' })
    expect(await colour()).toBe('rgb(255, 255, 255)')
    expect(await page.locator('search').isVisible()).toBe(false)
    await page.close()
  })
})
