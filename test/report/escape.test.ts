import { expect, test } from 'vitest'
import { printable, printableJson } from '../../src/report/escape.js'

test.each([
  ['\x1b[31m', '\\x1b[31m'],
  ['\x9b2J', '\\x9b2J'],
  ['\x07\x08\x7f\0', '\\x07\\x08\\x7f\\x00'],
  ['a\nb\rc\td', 'a\\nb\\rc\\td'],
  ['safe\u202eexe', 'safe\\u202eexe'],
  ['\u2066\u200b\ufeff\u2028', '\\u2066\\u200b\\ufeff\\u2028'],
  ['é ñ 漢字 🙂 \ufffd', 'é ñ 漢字 🙂 \ufffd'],
  ['\\x1b', '\\x1b'],
])('%j is printed as %s', (text, expected) => {
  expect(printable(text)).toBe(expected)
})

test('no control character is left of any', () => {
  const all = Array.from({ length: 0x3000 }, (_, code) => String.fromCharCode(code)).join('')
  expect(printable(all)).not.toMatch(/\p{Cc}|\p{Bidi_Control}/u)
  expect(printableJson({ all }).replaceAll('\n', '')).not.toMatch(/\p{Cc}|\p{Bidi_Control}/u)
})

test('JSON still means the same', () => {
  const value = { 'k\x9b\u202e': ['\x1b\x7f\u200b\n\t"\\', { nested: '🙂' }] }
  expect(JSON.parse(printableJson(value))).toEqual(value)
})

const TOKEN = 'ghp_A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6q7R8'

test.each([
  [`service a uses "${TOKEN}".`, 'service a uses "********".'],
  ['http://me:secret@host:80/x http://host:80', 'http://me:********@host:80/x http://host:80'],
  ['http://:${PASSWORD}@host', 'http://:${PASSWORD}@host'],
  ['-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY----- x', '******** x'],
  ['-----BEGIN PRIVATE KEY-----\nabc', '********'],
  ['-----BEGIN CERTIFICATE-----', '-----BEGIN CERTIFICATE-----'],
])('what has the form of a secret is masked: %j', (text, shown) => {
  expect(printable(text)).toBe(shown)
  expect(JSON.parse(printableJson({ text })).text).toBe(shown)
  expect(JSON.parse(printableJson({ text }, true)).text).toBe(text)
})
