import { describe, expect, test } from 'vitest'
import { refusedByBrowsers } from '../../src/claims/bad-ports.js'
import type { PortClaim } from '../../src/claims/claim.js'
import { type EphemeralRange, findHazards, HAZARD_RULES, type HazardKind } from '../../src/claims/hazards.js'
import { type PortUse, type Web, webOf } from '../../src/claims/web.js'
import { claim, movable } from './support.js'

const WEB: Web = { scheme: 'http', path: '/', guessedFrom: null, isFront: false, url: null }

const EPHEMERAL = { from: 32768, to: 60999 }

const kinds = (about: PortClaim, ephemeral: EphemeralRange | null = EPHEMERAL) =>
  findHazards([about], ephemeral).map(({ kind }) => kind)

describe('a hazard', () => {
  const cases: readonly (readonly [what: string, about: PortClaim, expected: HazardKind[]])[] = [
    ['none at 8000', claim(), []],
    ['over 65535', claim({ from: 65536 }), ['over-65535']],
    ['none at 65535', claim({ from: 65535 }), []],
    ['a range that ends over 65535', claim({ from: 65530, to: 65540 }), ['over-65535']],
    ['under 1024', claim({ from: 1023 }), ['privileged']],
    ['none at 1024', claim({ from: 1024 }), []],
    ['a range that starts under 1024', claim({ from: 1000, to: 2000 }), ['privileged']],
    ['none just below the ephemeral range', claim({ from: 32767 }), []],
    ['the first ephemeral port', claim({ from: 32768 }), ['ephemeral']],
    ['the last ephemeral port', claim({ from: 60999 }), ['ephemeral']],
    ['none just above the ephemeral range', claim({ from: 61000 }), []],
    ['a range that reaches into the ephemeral range', claim({ from: 32000, to: 33000 }), ['ephemeral']],
    ['a range around the ephemeral range', claim({ from: 32000, to: 62000 }), ['ephemeral']],
    ['a port that browsers refuse', claim({ from: 6000, web: WEB }), ['browser-refuses']],
    ['the same of no web server', claim({ from: 6000 }), []],
    ['a range with one', claim({ from: 5990, to: 6010, web: WEB }), ['browser-refuses']],
    ['one under 1024', claim({ from: 25, web: WEB }), ['privileged', 'browser-refuses']],
    ['offset 0', movable(8000, 0), ['offset-0']],
    ['none at offset 1', movable(8000, 1), []],
    ['none at offset 0 where the product has pinned the port', movable(8000, 0, { outcome: 'pinned' }), []],
    ['a port left to chance', claim({ from: 0, outcome: 'random', web: WEB }), ['random-port']],
    ['a literal port', claim({ outcome: 'literal' }), ['literal']],
    ['a literal port under 1024', claim({ from: 80, outcome: 'literal' }), ['privileged', 'literal']],
  ]
  test.each(cases)('%s', (_, about, expected) => {
    expect(kinds(about)).toEqual(expected)
  })

  test('is told with a reason of its own, for each of them', () => {
    const told = findHazards(
      cases.map(([, about]) => about),
      EPHEMERAL,
    )
    expect(new Set(told.map(({ kind }) => kind))).toEqual(new Set(HAZARD_RULES.map(({ kind }) => kind)))
    for (const { reason, claim: about } of told) {
      expect(reason).not.toMatch(/undefined|null|NaN/)
      if (about.outcome !== 'random') expect(reason).toMatch(/\d|offset/)
    }
  })

  test('says where a port stands that no offset reaches', () => {
    const reason = (variable: string | null) =>
      findHazards([claim({ outcome: 'literal', variable })], null)[0]?.reason
    expect(reason(null)).toContain('written in the Compose file')
    expect(reason('WEB_PORT')).toContain('WEB_PORT')
  })

  test.each<[from: number, to: number, reserved: [number, number][], kinds: HazardKind[]]>([
    [40000, 40000, [[40000, 40000]], []],
    [40000, 40001, [[40000, 40000]], ['ephemeral']],
    [
      40000,
      40010,
      [
        [40004, 40020],
        [39999, 40003],
      ],
      [],
    ],
    [
      40000,
      40010,
      [
        [40000, 40003],
        [40005, 40010],
      ],
      ['ephemeral'],
    ],
    [32000, 32770, [[32768, 33000]], []],
    [60990, 61010, [[60990, 60999]], []],
    [
      40000,
      40000,
      [
        [1, 32767],
        [61000, 65535],
      ],
      ['ephemeral'],
    ],
  ])('is none of %i-%i where the ports %j are reserved: %j', (from, to, ranges, expected) => {
    const reserved = ranges.map(([first, last]) => ({ from: first, to: last }))
    expect(kinds(claim({ from, to }), { ...EPHEMERAL, reserved })).toEqual(expected)
  })

  test('is not seen where the kernel does not tell its range', () => {
    expect(kinds(claim({ from: 40000 }), null)).toEqual([])
  })
})

describe('HTTP', () => {
  const use = (about: Partial<PortUse>): PortUse => ({
    container: null,
    variable: null,
    protocol: 'tcp',
    ...about,
  })
  test.each<readonly [about: Partial<PortUse>, http: boolean, https: boolean]>([
    [{}, false, false],
    [{ container: 80 }, true, false],
    [{ container: 443 }, true, true],
    [{ container: 8443 }, true, true],
    [{ container: 6379 }, false, false],
    [{ container: 80, protocol: 'udp' }, false, false],
    [{ appProtocol: 'http', container: 6379 }, true, false],
    [{ appProtocol: 'HTTPS' }, true, true],
    [{ appProtocol: 'http', container: 443 }, true, false],
    [{ appProtocol: 'redis', container: 80, variable: 'WEB_HOST_PORT' }, false, false],
    [{ variable: 'WEB_HOST_PORT' }, true, false],
    [{ variable: 'mailhog_ui_host_port' }, true, false],
    [{ variable: 'HTTPS_HOST_PORT' }, true, true],
    [{ variable: 'WEBHOOK_HOST_PORT' }, false, false],
    [{ variable: 'COBWEB_HOST_PORT' }, false, false],
    [{ variable: 'REDIS_HOST_PORT', container: 8080 }, true, false],
    [{ image: 'php:8.3-fpm-alpine', container: 9000 }, false, false],
    [{ image: 'php:8.3-apache', container: 80 }, true, false],
    [{ image: 'registry.example.org:5000/db/clickhouse@sha256:0', container: 9000 }, false, false],
    [{ image: 'clickhouse:25', container: 8123 }, true, false],
    [{ labels: ['traefik.http.services.a.loadbalancer.server.port=7001'], container: 7001 }, true, false],
    [{ labels: ['traefik.http.services.a.loadbalancer.server.port=7001'], container: 7002 }, false, false],
    [{ labels: ['caddy.reverse_proxy={{upstreams 7001}}'], container: 7001 }, true, false],
  ])('%j', (about, http, https) => {
    const web = webOf(use(about))
    expect(web !== null).toBe(http)
    expect(web?.scheme === 'https').toBe(https)
  })

  test.each([
    [6000, 6000, 6000],
    [6001, 6001, undefined],
    [6660, 6670, 6665],
    [10080, 10080, 10080],
    [65535, 65535, undefined],
    [5060, 5061, 5060],
    [8000, 9000, undefined],
  ])('a browser refuses, of %i-%i, %s', (from, to, refused) => {
    expect(refusedByBrowsers(from, to)).toBe(refused)
  })

  test('the ports that browsers refuse hold those that the fetch of Node refuses, by the same standard', async () => {
    const refused = Array.from({ length: 65536 }, (_, port) => port).filter(
      (port) => refusedByBrowsers(port, port) !== undefined,
    )
    expect(refused).toHaveLength(83)
    const byFetch = async (port: number): Promise<boolean> => {
      const signal = AbortSignal.timeout(2_000)
      const error: unknown = await fetch(`http://127.0.0.1:${port}/`, { method: 'HEAD', signal }).catch(
        (error: Error) => error.cause,
      )
      return error instanceof Error && error.message === 'bad port'
    }
    const around = [...new Set(refused.flatMap((port) => [port - 1, port, port + 1]))].filter(
      (port) => port > 0,
    )
    const found = await Promise.all(around.map(async (port) => ((await byFetch(port)) ? [port] : [])))
    // An older Node lacks the latest of them.
    expect(found.flat().length).toBeGreaterThan(75)
    expect(refused).toEqual(expect.arrayContaining(found.flat()))
  })
})
