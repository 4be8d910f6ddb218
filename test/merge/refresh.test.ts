// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is what env files look like
import { describe, expect, it } from 'vitest'
import { hasErrors } from '../../src/problem.js'
import { merge, outcomes, plan, problems } from './products.js'

const REFRESH = { refresh: true }
const PRUNE = { prune: true }

/** A product env as a merge of these features leaves it. */
const earlier = (features: Record<string, string>, env = 'OWN=1\n'): string => merge({ env, features })

describe('--refresh', () => {
  const env = `${earlier({ f: 'A_HOST_PORT=80\nB=1\n' })}LAST=1\n`

  it('rewrites a section that nobody touched', () => {
    const given = { env, features: { f: '# new\nA_HOST_PORT=81\nC=3\n' } }
    expect(merge(given, REFRESH)).toMatch(
      /^OWN=1\n\n# >>> f .*\n# new: 81 \+ 100\nA_HOST_PORT=181\nC=3\n# <<< f .*\nLAST=1\n$/,
    )
    expect(outcomes(given, REFRESH)).toEqual(['f A_HOST_PORT adjusted 181', 'f C added 3'])
    expect(plan(given, REFRESH).sections).toEqual([{ feature: 'f', change: 'refreshed' }])
  })

  it('changes nothing where the template is the same', () => {
    const result = plan({ env, features: { f: 'A_HOST_PORT=80\nB=1\n' } }, REFRESH)
    expect(result).toMatchObject({ after: env, sections: [] })
    expect(result.entries.map(({ outcome }) => outcome)).toEqual(['kept', 'kept'])
  })

  it('leaves a section that was edited by hand', () => {
    const edited = env.replace('B=1', 'B=2')
    const given = { env: edited, features: { f: 'A_HOST_PORT=81\nB=3\n' } }
    expect(merge(given, REFRESH)).toBe(edited)
  })

  it('leaves a variable that the product states itself', () => {
    const given = { env: `${env}B=own\n`, features: { f: 'A_HOST_PORT=80\nB=3\n' } }
    const text = merge(given, REFRESH)
    expect(text).toContain('B=own\n')
    expect(text).not.toMatch(/B=[13]/)
  })

  it('makes one section of two', () => {
    const two = merge({ env, features: { f: 'A_HOST_PORT=80\nB=1\nC=3\n' } })
    expect(two.match(/# >>> f/g)).toHaveLength(2)
    const one = merge({ env: two, features: { f: 'A_HOST_PORT=80\nB=1\nC=3\n' } }, REFRESH)
    expect(one).toMatch(
      /^OWN=1\n\n# >>> f .*\n# 80 \+ 100\nA_HOST_PORT=180\nB=1\nC=3\n# <<< f .*\nLAST=1\n\n$/,
    )
  })

  it('makes one of two that hold the same', () => {
    const [, section] = env.split('\n\n') as [string, string]
    const twice = `OWN=1\n\n${section}`.replace('LAST=1\n', '') + section
    expect(merge({ env: twice, features: { f: 'A_HOST_PORT=80\nB=1\n' } }, REFRESH)).toBe(env)
  })

  it('takes a section away from which everything has gone', () => {
    expect(merge({ env, features: { f: '# nothing\n' } }, REFRESH)).toBe('OWN=1\n\nLAST=1\n')
  })

  it('leaves the section of a feature that the product no longer has', () => {
    expect(merge({ env, features: {} }, REFRESH)).toBe(env)
  })

  it('leaves the section of a feature whose template is gone', () => {
    expect(merge({ env, features: { f: null } }, REFRESH)).toBe(env)
  })

  it('keeps to the line ends of the product’s own lines', () => {
    const mixed = `X=1\r\n${earlier({ f: 'A=1\n' }, '')}`
    expect(merge({ env: mixed, features: { f: 'A=2\n' } }, REFRESH)).toMatch(
      /^X=1\r\n# >>> f .*\r\nA=2\r\n# <<< f .*\r\n$/,
    )
  })

  it('finds no more to refuse in what Compose refuses already', () => {
    const features = { f: 'C=1\n' }
    const given = { env: earlier(features, 'W=1\nW=${A+${W:?}}\nA=${A:?}\n'), features }
    expect(problems(given)).toEqual(['required-missing products/app/.env:3'])
    expect(problems(given, REFRESH)).toEqual(problems(given))
  })

  it.each([
    ['A=1\n', 'A=2\n'],
    ['A=1\n', 'A=\n'],
    ['A=\n', 'A=1\n'],
    ['A=1\n', 'C=1\n'],
    ['C=1\n', 'A=1\n'],
    ['A=1\nB=2\n', 'A=1\n'],
  ])('changes nothing the second time if a value requires another: %j, then %j', (old, now) => {
    const own = 'B=${A:-d}\nB=${A:+${B:?${A}}}\n'
    const section = earlier({ f: old }, '')
    for (const env of [section + own, own + section]) {
      const first = plan({ env, features: { f: now } }, REFRESH)
      const second = plan({ env: first.after ?? '', features: { f: now } }, REFRESH)
      expect([second.after, second.sections.length > 0]).toEqual([
        first.after,
        hasErrors(first.problems) && first.sections.length > 0,
      ])
      expect(hasErrors(second.problems)).toBe(hasErrors(first.problems))
    }
  })

  it('warns of a value that follows', () => {
    const used = `${env}URL=:$A_HOST_PORT\n`
    const given = { env: used, features: { f: 'A_HOST_PORT=81\nB=1\n' } }
    expect(merge(given, REFRESH)).toContain('URL=:$A_HOST_PORT\n')
    expect(problems(given, REFRESH)).toEqual(['value-follows products/app/.env:9'])
  })

  it('stops where a value would lose what it refers to', () => {
    const used = `${env}URL=\${B:-}\n`
    const given = { env: used, features: { f: 'A_HOST_PORT=80\n' } }
    expect(plan(given, REFRESH).after).toBe(used)
    expect(problems(given, REFRESH)).toEqual(['dropped-in-use products/app/.env:9'])
  })
})

describe('a name alone below a section stops what would take its value', () => {
  const env = earlier({ f: 'C=1\nD=2\n' })

  it.each([
    ['which it repeats', 'C\n'],
    ['which a line above it refers to', 'URL=${C:-d}\nURL\n'],
    ['which is escaped', 'URL="\\0044{C:-d}"\n'],
    ['which Compose requires', 'URL=${C:?}\n'],
  ])('%s', (_, own) => {
    const used = `${env}${own}`
    const place = `dropped-in-use products/app/.env:${env.split('\n').length}`
    expect(problems({ env: used }, PRUNE)).toEqual([place])
    expect(problems({ env: used, features: { f: 'D=2\n' } }, REFRESH)).toEqual([place])
  })
})

it('a line that Compose would refuse once a section is rewritten stops the refresh', () => {
  const env = `${earlier({ f: 'C=1\n' })}URL=\${C:?}\n`
  expect(problems({ env, features: { f: 'C=\n' } }, REFRESH)).toEqual([
    'value-follows products/app/.env:6',
    'env-refused products/app/.env:6',
  ])
})

describe('a reference that a rewritten section would empty stops the merge', () => {
  const features = { f: 'A_HOST_PORT=80\nURL=http://x:$A_HOST_PORT\n' }
  const env = earlier(features)
  const stops = (given: Parameters<typeof plan>[0], place: string) => {
    expect(plan(given, REFRESH).after).toBe(given.env)
    expect(problems(given, REFRESH)).toEqual([`dropped-in-use ${place}`])
  }

  it('as the product states the variable itself, below', () => {
    const given = { env: `${env}A_HOST_PORT=999\n`, features }
    expect(problems(given)).toEqual([])
    stops(given, 'features/f/.env.example:2')
    // Where the product says it above, all is well.
    const above = { env: `A_HOST_PORT=999\n${env}`, features }
    expect(problems(above, REFRESH)).toEqual(['value-follows products/app/.env:1'])
    expect(merge(above, REFRESH)).not.toContain('180')
  })

  it('as another feature does not state it any more', () => {
    const two = { f: 'A_HOST_PORT=80\nB=1\n', g: 'URL=http://x:$A_HOST_PORT\n' }
    stops({ env: earlier(two), features: { ...two, f: 'B=1\n' } }, 'features/g/.env.example:1')
  })

  it('as it comes to stand above a line of the product that it refers to', () => {
    const first = earlier({ f: 'A=1\n' }, '')
    const second = merge({ env: `${first}MINE=$A\n`, features: { f: 'A=1\nB=${MINE}x\n' } })
    stops({ env: second, features: { f: 'A=1\nB=${MINE}x\n' } }, 'features/f/.env.example:2')
  })
})

it('a line of the product between two sections that become one follows what comes to stand above it', () => {
  const first = earlier({ f: 'A=1\n' })
  const both = merge({ env: first, features: { f: 'A=1\nB=2\n' } })
  const env = `${first}URL=http://h/\${B:-none}\n${both.slice(first.length)}`
  const given = { env, features: { f: 'A=1\nB=2\n' } }
  expect(problems(given, REFRESH)).toEqual(['value-follows products/app/.env:6'])
  expect(merge(given, REFRESH).match(/# >>> f/g)).toHaveLength(1)
})

it('what stands as it would be written is up to date, whatever is stated further down', () => {
  for (const features of [
    { f: 'A_URL=${B_URL:-none}\n', g: 'B_URL=x\n' },
    { f: 'L=a\nL=${L}:b\n' },
    { f: 'C=${D:+y}\nD=1\n' },
  ]) {
    const { entries } = plan({
      env: merge({ features: features as Record<string, string> }),
      features: features as Record<string, string>,
    })
    expect(entries.filter(({ given, value }) => given !== value)).toEqual([])
  }
})

describe('a variable that a run takes away', () => {
  it('is named', () => {
    const env = earlier({ f: 'A=1\nB=2\n', g: 'C=3\n' })
    expect(plan({ env, features: { f: 'A=1\n' } }, { ...REFRESH, ...PRUNE }).dropped).toEqual(['B', 'C'])
    expect(plan({ env, features: { f: 'A=1\n' } }, PRUNE).dropped).toEqual(['C'])
    expect(plan({ env, features: { f: 'A=1\n' } }).dropped).toEqual([])
  })

  it('is not, where another line goes on stating it', () => {
    const env = `${earlier({ f: 'A=1\nB=2\n' })}B=own\n`
    expect(plan({ env, features: { f: 'A=1\n' } }, REFRESH).dropped).toEqual([])
  })
})

describe('a feature that the product has no more', () => {
  it('is named, as long as nobody edited or pruned its section', () => {
    const env = earlier({ f: 'A=1\n' })
    expect(plan({ env }).orphaned).toEqual(['f'])
    expect(plan({ env, features: { f: 'A=1\n' } }).orphaned).toEqual([])
    expect(plan({ env }, PRUNE).orphaned).toEqual([])
    expect(plan({ env: env.replace('A=1', 'A=2') }).orphaned).toEqual([])
  })
})

describe('--prune', () => {
  const env = earlier({ f: 'A=1\n', g: 'B=2\n' })

  it('drops an untouched section of a feature that the product no longer has', () => {
    const result = plan({ env, features: { f: 'A=1\n' } }, PRUNE)
    // The blank line above it cannot be told from one that somebody wrote.
    expect(result.after).toBe(`${earlier({ f: 'A=1\n' })}\n`)
    expect(result.sections).toEqual([{ feature: 'g', change: 'pruned' }])
  })

  it('drops it from the middle', () => {
    expect(merge({ env, features: { g: 'B=2\n' } }, PRUNE)).toBe(
      earlier({ g: 'B=2\n' }).replace('\n\n', '\n\n\n'),
    )
  })

  it('drops all of them', () => {
    expect(merge({ env, features: {} }, PRUNE)).toBe('OWN=1\n\n\n')
  })

  it('leaves one that was edited by hand', () => {
    const edited = env.replace('B=2', 'B=2 # mine')
    expect(merge({ env: edited, features: { f: 'A=1\n' } }, PRUNE)).toBe(edited)
  })

  it('leaves the sections of features that the product has', () => {
    expect(merge({ env, features: { f: 'A=9\n', g: null } }, PRUNE)).toBe(env)
  })

  it('stops where a value would lose what it refers to', () => {
    const used = `${env}C=$B\n`
    expect(plan({ env: used, features: { f: 'A=1\n' } }, PRUNE).after).toBe(used)
    expect(problems({ env: used, features: { f: 'A=1\n' } }, PRUNE)).toEqual([
      'dropped-in-use products/app/.env:10',
    ])
  })

  it('lets another feature state what the dropped one did', () => {
    expect(merge({ env, features: { f: 'A=1\nB=3\n' } }, PRUNE)).toMatch(
      /A=1\n# <<< f .*\n\n# >>> f .*\nB=3\n# <<< f .*\n$/,
    )
  })
})

describe('marks without their counterpart', () => {
  it('are named, and the text around them is the product’s own', () => {
    const env = '# >>> f (features/f/.env.example)\nA=1\n'
    const given = { env, features: { f: 'A=2\n' } }
    expect(merge(given, { refresh: true, prune: true })).toBe(env)
    expect(problems(given)).toEqual(['broken-section products/app/.env:1'])
  })
})
