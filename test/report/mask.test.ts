import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MASK } from '../../src/env/secret.js'
import { writeSection } from '../../src/merge/sections.js'
import { maskCommitted, maskEnv } from '../../src/report/mask.js'
import { anyEnv, RUNS } from '../support/arbitraries.js'

describe("a line of the product's own", () => {
  test.each([
    ['is its key', 'TOKEN=abc\n', `TOKEN=${MASK}\n`],
    ['keeps export', 'export TOKEN = abc\n', `export TOKEN = ${MASK}\n`],
    ['says that a value is empty', 'A=\nB=""\n', 'A=\nB=""\n'],
    ['hides every line of a value', 'A="b\nc\n\nd"\nE=f\n', `A=${MASK}\n${MASK}\n\n${MASK}\nE=${MASK}\n`],
    ['hides what follows a value', `A='b' C=d # e\nF=g # h\n`, `A=${MASK}\nF=${MASK}\n`],
    ['shows a port, and hides what follows it', 'A_HOST_PORT=80 # b\n', `A_HOST_PORT=80${MASK}\n`],
    ['hides what follows a port in quotes', 'A_HOST_PORT="80" B=c\n', `A_HOST_PORT="80" B=${MASK}\n`],
    ['hides a key without a value', 'abc\nexport abc\n', `${MASK}\n${MASK}\n`],
    ['hides words at the end of the file', 'A=1\nsome words', `A=${MASK}\n${MASK}`],
    ['hides the end of a key in base64', 'Zm9vYmFy\nZm9vYg==\nZm9vYmE=\n', `${MASK}\n${MASK}\n${MASK}\n`],
    [
      'hides all that follows a line that cannot be read',
      'A=1\nb c\n# d\nE=f\n',
      `A=${MASK}\n${MASK}\n${MASK}\n${MASK}\n`,
    ],
    ['keeps Windows line ends', 'A="b\r\nc"\r\n', `A=${MASK}\r\n${MASK}\r\n`],
  ])('%s', (_, text, masked) => {
    expect(maskEnv(text, 'both')).toBe(masked)
  })
})

describe("a comment of the product's own", () => {
  test.each([
    '# my_second_app: the shop of the second team',
    '# see https://example.org/?a=b&c=d',
    '# NOTE: restart after a change',
    '# 6380 + 591 = 6971',
    '#!/bin/sh',
    '# ------ if a == b ------',
  ])('is shown where it is prose: %s', (comment) => {
    expect(maskEnv(`${comment}\n`, 'both')).toBe(`${comment}\n`)
  })

  test.each([
    ['#TOKEN=abc', `#TOKEN=${MASK}`],
    ['# export TOKEN = abc def', `# export TOKEN = ${MASK}`],
    ['## was TOKEN=abc until May', `## was TOKEN=${MASK}`],
    ['# SMTP_LOGIN: abc', `# SMTP_LOGIN: ${MASK}`],
    ['# the password: abc def', `# the password: ${MASK}`],
  ])('is masked where it holds a value: %s', (comment, masked) => {
    expect(maskEnv(`${comment}\n`, 'both')).toBe(`${masked}\n`)
  })
})

test('of an untouched section, and of a template, only what looks like a secret is masked', () => {
  const body = '# A=1\n# TOKEN=1\nA=b # c\nB_PASSWORD="d\ne"\nF\nG=http://u:p@h\n'
  const masked = `# A=1\n# TOKEN=${MASK}\nA=b # c\nB_PASSWORD=${MASK}\n${MASK}\nF\nG=${MASK}\n`
  expect(maskEnv(body, 'template')).toBe(masked)
  const section = writeSection('a', 'a/.env.example', body, '\n')
  expect(maskEnv(`X=1\n${section}Y=2\n`, 'both')).toBe(
    `X=${MASK}\n${section.replace(body, masked)}Y=${MASK}\n`,
  )
  expect(maskEnv(section.replace('A=b', 'A=c'), 'both')).toContain(`A=${MASK}\n`)
  expect(maskEnv(section, 'product')).toContain(`A=${MASK}\n`)
})

test('of a YAML file, too', () => {
  const text = `\
services:
  web:
    image: web:1
    command: serve --token=abc
    environment:
      DB_PASSWORD: "abc" # def
      DB_SECRET: \${DB_SECRET}
      PEM: |
        -----BEGIN PRIVATE KEY-----
        abc
        -----END PRIVATE KEY-----
      MODE: dev
`
  const hidden = maskCommitted('a/compose.yaml', text)
  expect(hidden).not.toMatch(/abc|def/)
  expect(hidden.split('\n').filter((line) => !line.includes(MASK))).toEqual(
    text.split('\n').filter((line) => !/abc|-----/.test(line)),
  )
})

test('whatever the text, each line keeps its number, and no value of it is shown', () => {
  fc.assert(
    fc.property(anyEnv, (text) => {
      const secret = 'f8Kq2'
      const planted = text.replace(/[0-9]+/g, secret)
      const masked = maskEnv(planted, 'product')
      expect(masked.split('\n')).toHaveLength(planted.split('\n').length)
      const lines = masked.split('\n').filter((line) => line.includes(secret))
      // A name, a port's address, and prose may hold any word.
      expect(lines.filter((line) => !/^\s*(?:#|[^=:]*f8Kq2[^=:]*\s*[=:])/.test(line))).toEqual([])
    }),
    { numRuns: RUNS },
  )
})
