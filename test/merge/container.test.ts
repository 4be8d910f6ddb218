// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is what env files look like
import { describe, expect, it } from 'vitest'
import { merge, plan, problems } from './products.js'

const features = { f: 'A=1\n' }

describe('a merge that would change what a container with env_file reads stops', () => {
  it.each([
    ['a default', 'URL=${A:-x}\n'],
    ['a default for what is not set', 'URL=${A-x}\n'],
    ['an alternative', 'URL=${A:+verbose}\n'],
    ['a default within another', 'URL=${B:-${A:-x}}\n'],
    ['double quotes', 'URL="${A:-x}"\n'],
    ['an octal dollar', 'URL="\\0044{A:-x}"\n'],
    ['the last of several lines', 'URL=1\nURL=${A:-x}\n'],
    ['a section', merge({ features: { g: 'URL=${A:-x}\n' } })],
  ])('%s', (_, env) => {
    const line = env.split('\n').findLastIndex((text) => text.startsWith('URL=')) + 1
    const given = { env, features: { g: 'URL=\n', ...features } }
    expect(problems(given)).toEqual([`container-changes products/app/.env:${line}`])
    expect(plan(given).after).toBe(env)
  })
})

describe('a merge goes on', () => {
  it.each([
    ['where the default is what is added', 'URL=${A:-1}\n'],
    ['where a later line counts', 'URL=${A:-x}\nURL=1\n'],
    ['where a name alone repeats the line', 'URL=${A:-x}\nURL\n'],
    ['where the product says it itself', 'URL=${A:-x}\nA=2\n'],
    ['in single quotes', "URL='${A:-x}'\n"],
    ['with a dollar that stands for itself', 'URL=$${A:-x}\nURI="\\${A:-x}"\n'],
  ])('%s', (_, env) => {
    expect(problems({ env, features })).toEqual([])
  })

  it('and warns, where a plain reference had nothing to refer to', () => {
    expect(problems({ env: 'URL=$A\n', features })).toEqual(['forward-reference products/app/.env:1'])
  })

  it('where there is no product env yet', () => {
    expect(merge({ example: 'URL=${A:-x}\n', features })).toContain('A=1')
  })
})

describe('a line above a section that is rewritten', () => {
  const env = `URL=\${A:-x}\n${merge({ features })}`
  const refresh = { refresh: true }

  it('follows in containers: a warning', () => {
    expect(problems({ env, features: { f: 'A=2\n' } }, refresh)).toEqual([
      'value-follows products/app/.env:1',
    ])
  })
  it('stops the merge if it would lose what it refers to', () => {
    const gone = ['dropped-in-use products/app/.env:1']
    expect(problems({ env, features: { f: 'B=2\n' } }, refresh)).toEqual(gone)
    expect(problems({ env }, { prune: true })).toEqual(gone)
  })
  it('stops the merge if it depends on what is added', () => {
    const given = { env: `URL=\${B:-x}\n${merge({ features })}`, features: { f: 'A=2\nB=2\n' } }
    expect(problems(given, refresh)).toEqual(['container-changes products/app/.env:1'])
  })
})
