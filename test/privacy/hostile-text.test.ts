import { describe, expect, test } from 'vitest'
import { createRedactor, PERSONAL_DATA } from '../../src/privacy/index.ts'

const LENGTH = 1_000_000
/** Far from what it takes, and far from what it would take if each character were looked at for each other. */
const MAX_MILLIS = 8_000

const PIECES = [':', '=', '@', '://', 'a:', '"', "'", '\\', '\\"', '{', '[', '-', '<', '_', '.', '%3A', 'password', 'password=', 'password: ', 'password: a b ', 'password={"', '"password":"', '"password={"', '"password:x', 'token=a,', 'token=a&', '--password ', '-u a:', 'Bearer a', 'eyJ', 'ghp_', 'sk-', '-----BEGIN PRIVATE KEY-----', '</password>', '<password>', 'password%3D', '["password","', 'a@b/', 'x:y@h:1', 'cookie: ', '"cookie: a" ', 'authorization: Digest a="b", ', 'name=password ', 'password: |\n ', 'password:\n- ', '\u001b[1mpassword', '4111 1111 ', '+1 555 ', 'DE89 ', 'a.b@', '1.', '::', 'aA'] // prettier-ignore

const redactor = createRedactor()
const careful = createRedactor({ personalData: Object.fromEntries(PERSONAL_DATA.map((kind) => [kind, 'mask'])) })

describe('a text of a million characters is read in one go, made of', () => {
  test.each(PIECES)('%s', (piece) => {
    const text = piece.repeat(LENGTH / piece.length)
    const started = performance.now()
    redactor.text(text)
    redactor.text(`https://u:p@h password: "${text}`, true)
    careful.text(text.slice(0, LENGTH / 10))
    expect(performance.now() - started).toBeLessThan(MAX_MILLIS)
  })
})

test('secrets behind such a text are found', () => {
  for (const piece of PIECES.filter((one) => !/["'`{[=:-]/.test(one))) {
    const text = `${piece.repeat(1_000)}\nredis://u:hunter2@h token=hunter2`
    expect([piece, redactor.text(text).includes('hunter2')]).toEqual([piece, false])
  }
})

test.each(['1_', '_', 'A', 'aA', '%5b', '.', 'token_'])('a key made of %s is read in one go', (piece) => {
  const started = performance.now()
  redactor.keyRule(piece.repeat(100_000))
  expect(performance.now() - started).toBeLessThan(MAX_MILLIS)
})
