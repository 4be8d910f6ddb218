import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { variablesOf } from '../../src/compose/variables.js'
import { composeMissing, requireOrSkip } from '../support/compose.js'
import { SEED } from '../support/seed.js'
import { PROJECTS, REFUSED_PROJECTS } from './fixtures.js'
import { includes, project } from './generate.js'
import { DIFFERENT, ODD } from './odd.js'
import { type Comparison, compare, composePorts, inParallel, type Project } from './oracle.js'

/** The variables of both sides in one form. Of several uses with different defaults, Compose keeps a random one. */
function expectSameVariables({ ours, variables }: Comparison) {
  const names = Object.keys(variables ?? {}).sort()
  expect(variablesOf([ours.model]).map(({ name }) => name)).toEqual(names)
  for (const { name, uses } of variablesOf([ours.model])) {
    const { DefaultValue, PresenceValue, Required } = variables?.[name] ?? {}
    const known = uses.map((use) => ({
      DefaultValue: use.default ?? '',
      PresenceValue: use.alternative ?? '',
      Required: use.required,
    }))
    expect(known).toContainEqual({ DefaultValue, PresenceValue, Required })
  }
}

describe.runIf(requireOrSkip('Docker Compose', composeMissing()))(
  'read as docker compose config reads it',
  () => {
    test.concurrent.each(Object.entries(PROJECTS))('%s', { timeout: 30_000 }, async (_, files) => {
      const result = await compare(files, true)
      expect(result.stderr).not.toContain('rror')
      expect(result.compose).not.toBeNull()
      expect(result.ours.problems).toEqual([])
      expect(result.ports).toEqual(composePorts(result.compose!))
      if (result.variables !== null) expectSameVariables(result)
      for (const service of result.ours.services) {
        const mounts = service.mounts.map(({ type, source, target, readOnly }) => ({
          type,
          source,
          target,
          readOnly,
        }))
        const expected = result.compose!.services[service.name]?.volumes ?? []
        expect(mounts).toEqual(
          expected.map(({ type, source = '', target, read_only = false }) => ({
            type,
            source,
            target,
            readOnly: read_only,
          })),
        )
      }
    })

    test.concurrent.each(ODD.map((text) => [text]))(
      '%j is read or refused alike',
      { timeout: 30_000 },
      async (text) => {
        const { ours, ports, compose, stderr } = await compare({ files: { 'compose.yaml': text } })
        const same = (compose === null) === ours.problems.length > 0
        expect(same, stderr).toBe(!(text in DIFFERENT))
        if (compose !== null && same) expect(ports).toEqual(composePorts(compose))
      },
    )

    test.concurrent.each(Object.entries(REFUSED_PROJECTS))(
      '%s is refused',
      { timeout: 30_000 },
      async (_, files) => {
        const { ours, compose } = await compare(files)
        expect(compose).toBeNull()
        expect(ours.problems).not.toEqual([])
      },
    )

    test('50 generated projects: the same ports, variables and refusals', { timeout: 120_000 }, async () => {
      const projects = fc.sample(project, { numRuns: 50, seed: SEED })
      let refused = 0
      await inParallel(projects, async (generated: Project) => {
        const result = await compare(generated, true)
        const shown = () => `seed ${SEED}\n${JSON.stringify(generated, null, 1)}\n${result.stderr}`
        if (result.compose === null) {
          refused += 1
          expect(result.ours.problems, shown()).not.toEqual([])
          return
        }
        expect(result.ours.problems, shown()).toEqual([])
        expect(result.ports, shown()).toEqual(composePorts(result.compose))
        if (result.variables !== null) expectSameVariables(result)
      })
      expect(refused).toBeLessThan(45)
    })

    test('25 nests of includes: the same ports, and the same variables are set', {
      timeout: 120_000,
    }, async () => {
      await inParallel(fc.sample(includes, { numRuns: 25, seed: SEED }), async (generated: Project) => {
        const { ours, ports, compose, stderr } = await compare(generated)
        const shown = `seed ${SEED}\n${JSON.stringify(generated, null, 1)}\n${stderr}`
        expect(ours.problems.length > 0, shown).toBe(compose === null)
        if (compose === null) return
        expect(ports, shown).toEqual(composePorts(compose))
        const unset = variablesOf([ours.model]).flatMap(({ uses }) => uses.filter(({ isSet }) => !isSet))
        const defaults = ours.ports.filter(({ host }) => `${host?.from}`.startsWith('9'))
        expect(unset, shown).toHaveLength(defaults.length)
      })
    })
  },
)
