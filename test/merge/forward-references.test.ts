// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is what env files look like
import { describe, expect, it } from 'vitest'
import { plan, problems } from './products.js'

/** The lines and next steps of the warnings. */
const warned = (given: Parameters<typeof plan>[0]) =>
  plan(given)
    .problems.filter(({ code }) => code === 'forward-reference')
    .map(({ file, line, next }) => `${file}:${line} ${next}`)

describe('a value that refers to what is stated further down is a warning', () => {
  it('a line of the product, to a variable that is added', () => {
    expect(warned({ env: 'URL=:$A\n', features: { f: 'A=1\n' } })).toEqual([
      'products/app/.env:1 Move URL below A, or A above URL.',
    ])
  })
  it('a line of the product, to another one', () => {
    expect(warned({ env: 'URL=:$A\nA=1\n' })).toEqual([
      'products/app/.env:1 Move URL below A, or A above URL.',
    ])
  })
  it('a template, to itself', () => {
    expect(warned({ features: { f: 'URL=:${A}\nA=1\n' } })).toEqual([
      'features/f/.env.example:1 Move A above URL in the template.',
    ])
  })
  it('a template, to one that is merged later', () => {
    expect(warned({ features: { f: 'URL=":$A"\n', g: 'A=1\n' } })).toEqual([
      'features/f/.env.example:1 Put g before f in the list of features; if both have a section already, delete the two sections and merge again.',
    ])
  })
  it('a line above a name alone that gets a value further down', () => {
    expect(problems({ env: 'URL=$A\nA\nA=1\n' })).toEqual(['forward-reference products/app/.env:1'])
  })
  it('again, as long as it is so', () => {
    const features = { f: 'URL=:$A\nA=1\n' }
    const env = plan({ features }).after ?? ''
    expect(problems({ env, features })).toEqual(['forward-reference products/app/.env:2'])
  })
  it('once for each name', () => {
    expect(problems({ env: 'URL=$A$A$B$B\nA=1\nB=1\n' })).toHaveLength(2)
  })
})

describe('no warning is given', () => {
  it.each([
    ['where it is stated above', 'A=1\nURL=$A\nA=2\n'],
    ['of the shell’s variables', 'URL=$HOME\n'],
    ['of a variable that refers to itself', 'A=${A}x\n'],
    ['in single quotes', "URL='$A'\nA=1\n"],
    ['of a dollar that stands for itself', 'URL=$$A\nURI="\\$A"\nA=1\n'],
    ['where there is a default', 'URL=${A:-1}${A-1}${A:+1}\nA=1\n'],
    ['of a comment', '# $A\nA=1\n'],
    ['of a variable that is left to the shell', 'URL=$A\nA\n'],
    ['of a line that a later one replaces', 'URL=$A\nA=1\nURL=$A\n'],
  ])('%s', (_, env) => {
    expect(problems({ env })).toEqual([])
  })
})
