import { describe, expect, test } from 'vitest'
import { editYaml, insertPairs } from '../../src/stack/edit-yaml.ts'

describe('a value in a text is replaced, and all else stays as it is', () => {
  test.each([
    ['a:   1   # one\nb: 2\n', ['a'], 'a:   9   # one\nb: 2\n'],
    ["a: '1'\n", ['a'], "a: '9'\n"],
    ['a: "1"\n', ['a'], 'a: "9"\n'],
    ['{ "a": { "b": "1" } }', ['a', 'b'], '{ "a": { "b": "9" } }'],
    ['a: { b: [1, 2], c: 3 }', ['a', 'c'], 'a: { b: [1, 2], c: 9 }'],
    ['x: &x { a: 1 }\ny:\n  <<: *x\n  b: 2\n', ['y', 'b'], 'x: &x { a: 1 }\ny:\n  <<: *x\n  b: 9\n'],
    ['l:\n  - { s: "p", v: 1 }\n  - { s: "q", v: 2 }\n', ['l', { item: { s: 'q' } }, 'v'], 'l:\n  - { s: "p", v: 1 }\n  - { s: "q", v: 9 }\n'], // prettier-ignore
    ['l:\n  - --a=1\n  # b\n  - --b=2\n', ['l', { begins: '--b=' }], 'l:\n  - --a=1\n  # b\n  - 9\n'],
  ])('in %j', (text, path, expected) => {
    expect(editYaml(text, [{ path, value: 9 }])).toBe(expected)
  })
})

test('several at once, whatever their order', () => {
  const edits = [
    { path: ['b'], value: 'longer than before' },
    { path: ['a'], value: '' },
    { path: ['c'], value: "it's" },
  ]
  expect(editYaml("a: 'x'\nb: y\nc: 'z'\n", edits)).toBe("a: ''\nb: longer than before\nc: 'it''s'\n")
})

test.each([[['b']], [['a', 'b']], [['l', { begins: 'y' }]], [['l', { item: { s: 'q' } }, 'v']], [['m']]])(
  'a path without a value is an error: %j',
  (path) => {
    expect(() => editYaml('a: 1\nl: [x, { s: p }]\nm: {}', [{ path, value: 9 }])).toThrow(/there is no value at/)
  },
)

test('pairs are put in front of the others of a map', () => {
  const text = 'a:\n  # of it\n  b:\n    c: 1 # one\n    d: 2\ne: 3\n'
  expect(insertPairs(text, ['a', 'b'], { x: 'y', z: '8' })).toBe(text.replace('c: 1', 'x: y\n    z: 8\n    c: 1'))
  expect(insertPairs(text, ['a', 'b'], { c: '7' })).toBe(text)
  expect(() => insertPairs(text, ['a', 'c'], {})).toThrow(/there is no map at "a" "c"/)
})
