import { describe, expect, test } from 'vitest'
import { parseLevelList } from '../../src/logging/index.ts'
import { parseLevelText } from '../../src/logging/level-text.ts'

describe('a text of levels', () => {
  test('says levels, for how long, and for which records, a line each', () => {
    const text = `\uFEFF# in force since Tuesday
info, orders=debug
db.*=warn for 90s\r

  TRACE for 2h where user.id=42, session.id=a b
off where tenant.id=x=y
`
    expect(parseLevelText(text)).toEqual([
      { threshold: 9, options: {} },
      { threshold: 1, options: { forMillis: 7_200_000, where: { 'user.id': '42', 'session.id': 'a b' } } },
      { threshold: 100, options: { where: { 'tenant.id': 'x=y' } } },
      { threshold: 13, options: { component: 'db.*', forMillis: 90_000 } },
      { threshold: 5, options: { component: 'orders' } },
    ])
  })

  test('orders changes so that what is closer wins as in LOG_LEVEL: names, then the first pattern, then all', () => {
    const components = parseLevelText('a=debug,a.*=info,*.b=error,warning').map(({ options }) => options.component)
    expect(components).toEqual([undefined, '*.b', 'a.*', 'a'])
  })

  test('may hold nothing', () => {
    expect(['', '\n \n', '# nothing'].map(parseLevelText)).toEqual([[], [], []])
  })

  test.each([
    ['loud', 'line 1: "loud"; allowed: levels as in LOG_LEVEL'],
    ['info\norders=', 'line 2: "orders="'],
    ['=debug', 'line 1: "=debug"'],
    ['info for', 'line 1: "info for"'],
    ['info for ever', 'line 1: "ever"; allowed: a time such as 90s, 10m or 2h'],
    ['info for 0m', 'line 1: "0m"'],
    ['info for 10m where', 'line 1: "info for 10m where"'],
    ['info where user.id', 'line 1: "user.id"; allowed: fields such as user.id=42'],
    ['info where user.id=42,', 'line 1: "user.id=42,"'],
    ['password=hunter2hunter2', 'line 1: "password=[REDACTED]"'],
    ['x'.repeat(2_000), '1000 characters in a line at most'],
    [Array.from({ length: 101 }, (_, n) => `c${n}=debug`).join('\n'), '101 levels; allowed: 100 at most'],
    ['info for for', 'line 1: "for"; allowed: a time such as'],
  ])('that is wrong is told with its place, number %#', (text, message) => {
    expect(() => parseLevelText(text)).toThrow(message)
  })
})

test('LOG_LEVEL needs names before its equals signs', () => {
  expect(['info', 'orders = debug', '=debug', 'a=', 'a=b=debug', ''].map(parseLevelList)).toEqual([
    { level: 'info', components: {} },
    { level: undefined, components: { orders: 'debug' } },
    undefined,
    undefined,
    { level: undefined, components: { 'a=b': 'debug' } },
    undefined,
  ])
})
