import { describe, expect, it } from 'vitest'
import { added, encode, type Given, merge, outcomes, plan, problems } from './products.js'

const BOM = '\xef\xbb\xbf'

describe('a merge', () => {
  it('adds a section for each feature, with the template’s own text and the ports shifted', () => {
    const redis = '# Port on the host\nREDIS_HOST_PORT=6380\nREDIS_URL=redis://redis:6379\n'
    expect(merge({ env: 'A=1\n', features: { redis, mail: 'FROM=x@y\n' } })).toBe(
      [
        'A=1',
        '',
        '# >>> redis (features/redis/.env.example)',
        '# Port on the host: 6380 + 100',
        'REDIS_HOST_PORT=6480',
        'REDIS_URL=redis://redis:6379',
        '# <<< redis 97ec1330',
        '',
        '# >>> mail (features/mail/.env.example)',
        'FROM=x@y',
        '# <<< mail 7a475e69',
        '',
      ].join('\n'),
    )
  })

  it('says of each variable where it comes from and what became of it', () => {
    const [entry] = plan({ features: { redis: '\n# c\nREDIS_HOST_PORT=6380\n' } }).entries
    expect(entry).toMatchObject({
      key: 'REDIS_HOST_PORT',
      feature: 'redis',
      file: 'features/redis/.env.example',
      line: 3,
      outcome: 'adjusted',
      shift: { base: { from: 6380, to: 6380 }, offset: 100, host: { from: 6480, to: 6480 } },
      placeholders: [],
      value: '6480',
      given: '6480',
      kept: null,
      first: null,
    })
  })

  it('adds nothing where there is nothing to add', () => {
    expect(plan({ env: 'A=1', features: { redis: '# nothing\n' } })).toMatchObject({
      after: 'A=1',
      sections: [],
    })
    expect(plan({ features: { redis: '' } })).toMatchObject({ before: null, after: null })
  })

  it('adds what a template states later in a second section', () => {
    const once = merge({ env: '', features: { redis: 'A=1\n' } })
    const twice = merge({ env: once, features: { redis: 'A=1\nB=2\n' } })
    expect(twice.startsWith(once)).toBe(true)
    expect(twice.slice(once.length)).toMatch(/^\n# >>> redis .*\nB=2\n# <<< redis .*\n$/)
  })
})

describe('what the product env says already stands', () => {
  const template = 'A=9\n\xc3\x89=9\nA_HOST_PORT=80\n'

  it.each([
    ['A=1'],
    ['A: 1'],
    ['A:1'],
    ['export A=1'],
    ['A='],
    ['A=""'],
    ['A'],
    ['export A'],
    ['  A = 1'],
    ['X="1" A=2'],
  ])('written as %s', (line) => {
    const text = merge({ env: `${line}\n`, features: { f: template } })
    expect(text.startsWith(`${line}\n`)).toBe(true)
    expect(text).not.toContain('A=9')
  })

  it.each([
    ['a name beyond ASCII', '\xc3\x89=1\n', '\xc3\x89=9'],
    ['__proto__', '__proto__=1\n', '__proto__=9'],
    ['a port', 'A_HOST_PORT=1\n', 'A_HOST_PORT=180'],
  ])('%s', (_, env, absent) => {
    expect(merge({ env, features: { f: `${template}__proto__=9\n` } })).not.toContain(absent)
  })

  it.each([
    ['CRLF', 'A=1\r\nB=2\r\n'],
    ['a byte order mark', `${BOM}A=1\n`],
    ['Latin-1', 'A=1\n# caf\xe9\nB=\xe9\xff\n'],
    ['no final newline', 'A=1'],
    ['white space at the end', 'A=1\n \t\n\n'],
    ['a section of another tool', '# >>> conda >>>\nA=1\n# <<< conda <<<\n'],
  ])('in a file with %s, byte for byte', (_, env) => {
    const text = merge({ env, features: { f: 'A=9\nNEW=1\n' } })
    expect(text.startsWith(env)).toBe(true)
    expect(text.slice(env.length)).toMatch(/^(\r?\n)*# >>> f \(.*\)\r?\nNEW=1\r?\n# <<< f .{8}\r?\n$/)
  })

  it('and is not found within a quoted value', () => {
    const env = "TEXT='\nA=1\n'\n"
    expect(added({ env, features: { f: 'A=9\n' } })).toBe('A=9\n')
  })

  it('and is reported as kept, with its line and what the feature gives', () => {
    const { entries } = plan({ env: '\nA_HOST_PORT=1\n', features: { f: 'A_HOST_PORT=80\n' } })
    expect(entries[0]).toMatchObject({
      outcome: 'kept',
      value: '1',
      given: '180',
      kept: { line: 2, untouched: false },
    })
  })

  it('also where its port has moved in the template since', () => {
    const env = merge({ env: '', features: { f: 'A_HOST_PORT=80\n' } })
    const now: Given = { env, features: { f: 'A_HOST_PORT=90\n' } }
    expect(merge(now)).toBe(env)
    expect(plan(now).entries[0]).toMatchObject({
      outcome: 'kept',
      value: '180',
      given: '190',
      kept: { untouched: true },
    })
  })
})

describe('no gluing', () => {
  it('of a last line without its newline', () => {
    expect(merge({ env: 'A=1', features: { f: 'B=2' } })).toMatch(/^A=1\n\n# >>> f .*\nB=2\n# <<< f .*\n$/)
  })

  it('of a comment without its newline', () => {
    expect(merge({ env: '# end', features: { f: 'B=2' } })).toMatch(/^# end\n\n# >>> f/)
  })

  it('of two templates without theirs', () => {
    expect(added({ env: '', features: { f: 'B=2 # b', g: 'C=3' } })).toBe('B=2 # b\nC=3\n')
  })

  it('of words that end the file, which the newline would turn into a line that Compose refuses', () => {
    expect(problems({ env: 'A B', features: { f: 'B=2' } })).toEqual(['proof-failed products/app/.env:1'])
  })

  it('of an "export" that ends the file, which is a name there and would be none with a newline', () => {
    expect(problems({ env: 'A=1\nexport', features: { f: 'B=2' } })).toEqual([
      'proof-failed products/app/.env:2',
    ])
  })
})

describe('what is refused leaves the file alone', () => {
  it.each<[string, Given, string]>([
    ['a product env with a quote never closed', { env: 'A=1\nB="x\n' }, 'env-refused products/app/.env:2'],
    ['a product env with a broken expansion', { env: 'A=${\n' }, 'env-refused products/app/.env:1'],
    ['an example with a quote never closed', { example: 'A="\n' }, 'env-refused products/app/.env.example:1'],
    [
      'a template with a quote never closed',
      { features: { f: 'X=1\nB="x\n' } },
      'env-refused features/f/.env.example:2',
    ],
    [
      'a template with a broken expansion',
      { features: { f: 'B=${x!}' } },
      'env-refused features/f/.env.example:1',
    ],
    [
      'a port over 65535',
      { features: { f: '\nA_HOST_PORT=65500' } },
      'port-out-of-range features/f/.env.example:2',
    ],
    [
      'the end of a range over 65535',
      { features: { f: 'A_HOST_PORT=65400-65436' } },
      'port-out-of-range features/f/.env.example:1',
    ],
    [
      'a variable that controls Compose',
      { features: { f: 'COMPOSE_FILE=x' } },
      'reserved-variable features/f/.env.example:1',
    ],
    [
      'a variable that controls the shell',
      { features: { f: 'export Path=x' } },
      'reserved-variable features/f/.env.example:1',
    ],
  ])('%s', (_, given, expected) => {
    const env = given.env ?? (given.example === undefined ? 'OWN=1' : undefined)
    const result = plan({
      ...given,
      ...(env === undefined ? {} : { env }),
      features: { ok: 'NEW=1', ...given.features },
    })
    expect(result.after).toBe(result.before)
    expect(result.problems.map(({ code, file, line }) => `${code} ${file}:${line}`)).toEqual([expected])
  })

  it('all of it at once', () => {
    expect(problems({ env: 'A=${', features: { f: 'LD_PRELOAD=x\nA_HOST_PORT=65535\nB=${' } })).toEqual([
      'env-refused products/app/.env:1',
      'reserved-variable features/f/.env.example:1',
      'port-out-of-range features/f/.env.example:2',
      'env-refused features/f/.env.example:3',
    ])
  })

  it('but not for what the product keeps its own word on', () => {
    const env = 'COMPOSE_FILE=y\nA_HOST_PORT=1\n'
    const given = { env, features: { f: 'COMPOSE_FILE=x\nA_HOST_PORT=65500\n' } }
    expect(problems(given)).toEqual([])
    expect(merge(given)).toBe(env)
  })

  it('nor for what the product allows', () => {
    expect(added({ env: '', allow: ['COMPOSE_PROFILES'], features: { f: 'COMPOSE_PROFILES=x' } })).toBe(
      'COMPOSE_PROFILES=x\n',
    )
  })
})

describe('several features', () => {
  it('that differ: the first one wins, and the other is a conflict', () => {
    const given = { env: '', features: { f: 'A=1\n', g: 'X=0\nA=2\n' } }
    expect(added(given)).toBe('A=1\nX=0\n')
    expect(outcomes(given)).toEqual(['f A added 1', 'g X added 0', 'g A conflict 1'])
    expect(problems(given)).toEqual(['conflict features/g/.env.example:2'])
  })

  it('that differ: the conflict is told again, as long as it stands', () => {
    const features = { f: 'A=1\n', g: 'A=2\n' }
    const given = { env: merge({ features }), features }
    expect(outcomes(given)).toEqual(['f A kept 1', 'g A conflict 1'])
    expect(problems(given)).toEqual(['conflict features/g/.env.example:1'])
    // The product's own word settles it.
    expect(outcomes({ ...given, env: 'A=3\n' })).toEqual(['f A kept 3', 'g A kept 3'])
  })

  it('of which one is the product’s no more: what it stated stays, and no refresh is said to move it', () => {
    const env = merge({ features: { f: 'A_HOST_PORT=80\n' } })
    const { entries, orphaned } = plan({ env, features: { g: 'A_HOST_PORT=90\n' } })
    expect(orphaned).toEqual(['f'])
    expect(entries).toMatchObject([{ outcome: 'kept', value: '180', kept: { untouched: false } }])
  })

  it('that agree', () => {
    const given = { features: { f: 'A=1', g: "A='1'" } }
    expect(outcomes(given)).toEqual(['f A added 1', 'g A same 1'])
    expect(problems(given)).toEqual([])
  })

  it('that agree in words that grow with each reading', () => {
    expect(outcomes({ features: { f: 'A=${A}x', g: 'A=${A}x' } })).toEqual(['f A added x', 'g A same x'])
  })

  it('of which one has no template', () => {
    const given = { env: '', features: { f: null, g: 'A=1' } }
    expect(added(given)).toBe('A=1\n')
    expect(problems(given)).toEqual([])
  })

  it('that use one another: only what stands earlier is read', () => {
    expect(outcomes({ features: { f: 'A=$B', g: 'B=1\nC=$A$B' } })).toEqual([
      'f A added ',
      'g B added 1',
      'g C added 1',
    ])
  })
})

describe('a template that', () => {
  it('states a variable twice: both come, the last counts', () => {
    const given = { env: '', features: { f: 'A=1\nA=2\n' } }
    expect(added(given)).toBe('A=1\nA=2\n')
    expect(outcomes(given)).toEqual(['f A added 2'])
    expect(problems(given)).toEqual(['duplicate-key features/f/.env.example:1'])
  })

  it('needs a variable of the shell: a warning', () => {
    const given = { env: '', features: { f: 'A=${X:?set it}\n' } }
    expect(added(given)).toBe('A=${X:?set it}\n')
    expect(problems(given)).toEqual(['required-missing features/f/.env.example:1'])
  })

  it('empties a variable that it needs further up, which Compose refuses when it reads the file again: a warning', () => {
    expect(problems({ features: { f: 'A=1\nB=${A:?}\nA=\n' } })).toEqual([
      'duplicate-key features/f/.env.example:1',
      'required-missing features/f/.env.example:2',
    ])
  })

  it('leaves a variable to the shell: so does the product env', () => {
    expect(added({ env: '', features: { f: 'A\nexport B\n' } })).toBe('A\nexport B\n')
    expect(outcomes({ features: { f: 'A\n' } })).toEqual(['f A added null'])
  })

  it('starts with a byte order mark: the mark stays there', () => {
    expect(added({ env: 'X=1\n', features: { f: `${BOM}A=1\n` } })).toBe('A=1\n')
    expect(added({ env: 'X=1\n', features: { f: `${BOM}# c\nA=1\n` } })).toBe('# c\nA=1\n')
  })

  it('has comments: above, behind and below come with their variable', () => {
    const f = '# head\n\n# of A\nA=1 # behind\n# of B\nB="2"\t# too\n\n# below\n\n'
    expect(added({ env: '', features: { f } })).toBe(
      '# head\n# of A\nA=1 # behind\n# of B\nB="2"\t# too\n# below\n',
    )
    expect(added({ env: 'A=0\n', features: { f } })).toBe('# of B\nB="2"\t# too\n# below\n')
  })

  it('has comments that end in a letter whose last byte looks like a space', () => {
    const f = encode('# voilà\nA_HOST_PORT=80 # voilà\n# voilà\n')
    expect(added({ env: '', features: { f } })).toBe(
      encode('# voilà: 80 + 100\nA_HOST_PORT=180 # voilà\n# voilà\n'),
    )
  })

  it('has two on one line: each gets its own', () => {
    expect(added({ env: '', features: { f: 'A="1" B=2\n' } })).toBe('A="1"\n B=2\n')
    expect(added({ env: 'A=0\n', features: { f: 'A="1" B=2\n' } })).toBe(' B=2\n')
  })

  it('has a NUL that no form can hold, beside a folder that needs quotes: nothing is thrown', () => {
    const given = { env: '', hostDir: '/it\'s "$', features: { f: 'A="\0__FEATURE_HOST_DIR__"\n' } }
    expect(problems(given)).toEqual(['proof-failed products/app/.env:2'])
  })
})

describe('ports', () => {
  it.each([
    ['80', '180'],
    ['"80"', '"180"'],
    ["'80'", "'180'"],
    ['127.0.0.1:80', '127.0.0.1:180'],
    ['[::1]:80', '[::1]:180'],
    ['80-90', '180-190'],
    ['"127.0.0.1:80-90"', '"127.0.0.1:180-190"'],
    ['80 # c', '180 # c'],
  ])('%s becomes %s', (base, host) => {
    const text = added({ env: '', features: { f: `A_HOST_PORT=${base}\n` } })
    expect(text).toMatch(/^# .* \+ 100\n/)
    expect(text.split('\n')[1]).toBe(`A_HOST_PORT=${host}`)
  })

  it.each([
    ['', 'port-empty'],
    ['0', 'port-empty'],
    ['""', 'port-empty'],
    ['web', 'port-not-a-number'],
    ['${P:-80}', 'port-not-a-number'],
    ['80/udp', 'port-not-a-number'],
  ])('%j stays, with a problem', (base, code) => {
    const given = { env: '', features: { f: `A_HOST_PORT=${base}\n` } }
    expect(added(given)).toBe(`A_HOST_PORT=${base}\n`)
    expect(problems(given)).toEqual([`${code} features/f/.env.example:1`])
  })

  it.each(['A_HOST_PORT', 'A_PORT_ONE', 'A_PORT_TWO', 'a_host_port', 'A_Host_Port'])(
    'are named %s',
    (name) => {
      expect(outcomes({ features: { f: `${name}=80` } })).toEqual([`f ${name} adjusted 180`])
    },
  )

  it.each(['A_PORT', 'A_HOST_PORT_NOTE', 'HOST_PORT', 'A_PORT_THREE'])('are not named %s', (name) => {
    expect(outcomes({ features: { f: `${name}=80` } })).toEqual([`f ${name} added 80`])
  })

  it('of the product’s own example take no offset', () => {
    expect(merge({ example: 'A_HOST_PORT=80\n', features: { f: 'A_HOST_PORT=80\n' } })).toBe(
      'A_HOST_PORT=80\n',
    )
  })

  it('up to 65535 are ports', () => {
    expect(outcomes({ features: { f: 'A_HOST_PORT=65435' } })).toEqual(['f A_HOST_PORT adjusted 65535'])
  })

  it('with a comment that is a question or a sentence keep its sign', () => {
    expect(added({ env: '', features: { f: '# Which?\nA_HOST_PORT=80' } })).toBe(
      '# Which? 80 + 100\nA_HOST_PORT=180\n',
    )
  })
})

describe('placeholders', () => {
  it('stand for the product and the feature’s folder', () => {
    const f = 'DB=__PRODUCT___db\nDIR=__FEATURE_HOST_DIR__/conf # __PRODUCT__\n'
    expect(added({ env: '', features: { f } })).toBe('DB=app_db\nDIR=/ws/features/f/conf # __PRODUCT__\n')
    expect(plan({ features: { f } }).entries.map(({ placeholders }) => placeholders)).toEqual([
      ['__PRODUCT__'],
      ['__FEATURE_HOST_DIR__'],
    ])
  })

  it.each([
    ['/my ws', 'D=/my ws'],
    ['/a #b', "D='/a #b'"],
    ['/$A', "D='/$A'"],
    ["/it's", "D=/it's"],
    ["/it's $A", `D="/it's \\$A"`],
    ['/a\\', 'D=/a\\'],
    ['/ends ', "D='/ends '"],
    ['/é', 'D=/é'],
    ['/a\nB=2', "D='/a\nB=2'"],
  ])('for the folder %j: %s', (hostDir, line) => {
    const given = { env: '', hostDir, features: { f: 'D=__FEATURE_HOST_DIR__\n' } }
    expect(added(given)).toBe(encode(`${line}\n`))
    expect(outcomes(given)).toEqual([`f D added ${encode(hostDir)}`])
  })

  it.each([
    [`'__FEATURE_HOST_DIR__'`, "/it's", `"/it's"`],
    [`"__FEATURE_HOST_DIR__"`, '/a"b', `'/a"b'`],
    [`"__FEATURE_HOST_DIR__"`, '/a\\n', "'/a\\n'"],
    [`"__FEATURE_HOST_DIR__"`, '/my ws', '"/my ws"'],
  ])('in quotes, %s with %s is %s', (value, hostDir, written) => {
    expect(added({ env: '', hostDir, features: { f: `D=${value}\n` } })).toBe(`D=${written}\n`)
  })

  it('beside a dollar that would swallow the folder stop the merge', () => {
    const given = { env: '', hostDir: '/$A', features: { f: 'D=${X}__FEATURE_HOST_DIR__\n' } }
    expect(problems(given)).toEqual(['proof-failed products/app/.env'])
  })

  it('are none in what the product says, nor where a template refers to it', () => {
    const given = {
      env: 'NAME=__PRODUCT__\n',
      features: { f: 'URL=http://${NAME}.x\nOWN=__PRODUCT__/${NAME}\n' },
    }
    expect(added(given)).toBe('URL=http://${NAME}.x\nOWN=app/${NAME}\n')
    expect(outcomes(given)).toEqual(['f URL added http://__PRODUCT__.x', 'f OWN added app/__PRODUCT__'])
  })

  it('are not resolved in names and comments', () => {
    expect(added({ env: '', features: { f: '# __PRODUCT__\n__PRODUCT__=1\n' } })).toBe(
      '# __PRODUCT__\n__PRODUCT__=1\n',
    )
  })
})

describe('a product env that is not there yet', () => {
  it('is made of the product’s example first', () => {
    const result = plan({ example: '# own\r\nA=__PRODUCT__\r\n', features: { f: 'A=9\nB=2\n' } })
    expect(result).toMatchObject({ before: null, createdFrom: 'products/app/.env.example' })
    expect(result.after).toMatch(/^# own\r\nA=app\r\n\r\n# >>> f .*\r\nB=2\r\n# <<< f .*\r\n$/)
  })

  it('is made of nothing where there is no example', () => {
    expect(merge({ features: { f: 'A=1\n' } })).toMatch(/^# >>> f .*\nA=1\n# <<< f .*\n$/)
  })

  it('is empty where the example is', () => {
    expect(plan({ example: '' })).toMatchObject({ before: null, after: '' })
  })
})

describe('line ends', () => {
  const f = '# c\nA=1 # c\nB="1\n2"\nC\n'
  const crlf = f.replaceAll('\n', '\r\n')

  it('of a product env with CRLF are matched, but for those within a value', () => {
    expect(added({ env: 'X=1\r\n', features: { f } })).toBe('# c\r\nA=1 # c\r\nB="1\n2"\r\nC\r\n')
  })

  it('of a product env with LF are matched, but for those within a value', () => {
    expect(added({ env: 'X=1\n', features: { f: crlf } })).toBe('# c\nA=1 # c\nB="1\r\n2"\nC\n')
  })

  it('that are the same stay', () => {
    expect(added({ env: 'X=1\r\n', features: { f: crlf } })).toBe(crlf)
  })

  it('are those of the first line where a file mixes them', () => {
    expect(added({ env: 'X=1\nY=1\r\n', features: { f: 'A=1\r\n' } })).toBe('A=1\n')
  })

  it('are LF where there is no line', () => {
    expect(merge({ env: 'X=1', features: { f: 'A=1\r\n' } })).not.toContain('\r')
    expect(merge({ env: BOM, features: { f: 'A=1\r\n' } })).toMatch(
      /^\xef\xbb\xbf# >>> f .*\nA=1\n# <<< f .*\n$/,
    )
  })

  it('are CRLF behind half of one', () => {
    const env = merge({ env: 'X=1\r', features: { f: 'A=1\n' } })
    expect(merge({ env, features: { f: 'A=1\n' } }, { refresh: true })).toBe(env)
  })
})
