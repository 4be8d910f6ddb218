/** Which ports are HTTP, the front door, and URLs by name. */
import { describe, expect, test } from 'vitest'
import { product } from '../support/cli.js'
import { type Files, makeWorkspace } from '../support/workspace.js'
import { ok } from './claims-support.js'

const MAIL = {
  'features/mail/.env.example': 'SMTP_HOST_PORT=1025\nUI_HOST_PORT=8025\n',
  'features/mail/compose.yaml':
    'services: { mail: { image: mailhog/mailhog, ports: ["${SMTP_HOST_PORT}:1025", "${UI_HOST_PORT}:8025"] } }\n',
}

const SHOP = {
  ...MAIL,
  'products/shop/.env': 'SHOP_HOST_PORT=8000\n',
  'products/shop/compose.yaml': [
    'include: [../../features/mail/compose.yaml]',
    'services:',
    '  docs: { image: nginx, ports: ["127.0.0.2:8443:443"], profiles: [docs] }',
    '  shop: { image: shop, ports: ["${SHOP_HOST_PORT}:80", "9001:9001", "5000/udp"] }',
    '  db: { image: postgres, ports: ["5432:5432"] }',
  ].join('\n'),
}

/** `FRONT service scheme path guess url profiles`, by port. */
async function webPorts(files: Files): Promise<string[]> {
  const { ports } = JSON.parse(await ok('ports --json', makeWorkspace({ ...SHOP, ...files })))
  const web = (ports as Record<string, unknown>[]).filter(({ http }) => http)
  return web.map(({ front, service, containerPort, scheme, path, guessedFrom, url, profiles }) =>
    [
      front ? 'FRONT' : '-',
      service,
      containerPort,
      scheme,
      path,
      guessedFrom,
      url,
      ...(profiles as string[]),
    ].join(' '),
  )
}

describe('HTTP ports', () => {
  test('are guessed, and so is the front door', async () => {
    expect(await webPorts({})).toEqual([
      'FRONT shop 80 http / container port http://localhost:8000',
      '- docs 443 https / container port https://127.0.0.2:8443 docs',
      '- mail 8025 http / container port http://localhost:8611',
      '- shop 9001 http / container port http://localhost:9001',
    ])
  })

  test('are those that files mark; the first one in product.yaml is the front door', async () => {
    const marks = {
      'features/mail/feature.yaml': 'http: { UI_HOST_PORT: /inbox, SMTP_HOST_PORT: / }\n',
      'products/shop/product.yaml': 'http: { SHOP_HOST_PORT: none, db: "https:/", SMTP_HOST_PORT: none }\n',
    }
    expect(await webPorts(marks)).toEqual([
      'FRONT db 5432 https /  https://localhost:5432',
      '- docs 443 https / container port https://127.0.0.2:8443 docs',
      '- mail 8025 http /inbox  http://localhost:8611/inbox',
      '- shop 9001 http / container port http://localhost:9001',
    ])
  })

  test('have URLs by name if workspace.yaml sets a domain', async () => {
    expect(await webPorts({ 'workspace.yaml': 'domain: localhost\n' })).toEqual([
      'FRONT shop 80 http / container port http://shop.localhost:8000',
      '- docs 443 https / container port https://127.0.0.2:8443 docs',
      '- mail 8025 http / container port http://shop.localhost:8611',
      '- shop 9001 http / container port http://shop.localhost:9001',
    ])
    const blue = makeWorkspace({ ...SHOP, 'workspace.yaml': 'domain: dev.test\n' })
    await ok('env --merge shop --instance Blue_1', blue)
    expect(await ok('ports shop@Blue_1', blue)).toContain('http://shop-blue-1.dev.test:8')
  })

  test.each([
    ['product.yaml', 'http: { WEB_HOST_PORT: admin }', 'http.WEB_HOST_PORT is not valid'],
    ['workspace.yaml', 'domain: "a b"', 'domain is not valid'],
    ['workspace.yaml', 'domain: localhost:80', 'domain is not valid'],
  ])('refuses a %s with %s', async (file, text, message) => {
    const folder = file === 'product.yaml' ? 'products/shop/' : ''
    const { stderr } = await product('ports', makeWorkspace({ ...SHOP, [`${folder}${file}`]: `${text}\n` }))
    expect(stderr).toContain(message)
  })
})
