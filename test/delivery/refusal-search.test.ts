import { describe, expect, test } from 'vitest'
import { sizeOf, type Part } from '../../src/delivery/batch-parts.ts'
import { RefusalSearch } from '../../src/delivery/refusal-search.ts'

const SIZE = 1_000

/** Entries 0 to `size`, in two groups. */
function batchOf(size: number): Part {
  const entries = Array.from({ length: size }, (_, index) => Buffer.from(String(index)))
  const half = Math.floor(size / 2)
  return [
    { group: Buffer.from('one'), entries: entries.slice(0, half) },
    { group: Buffer.from('two'), entries: entries.slice(half) },
  ].filter((group) => group.entries.length > 0)
}

const numbersIn = (part: Part): number[] => part.flatMap(({ entries }) => entries.map((entry) => Number(entry)))

interface Found {
  readonly requests: number
  readonly passed: number[]
  readonly refused: number[]
}

/** Searches a batch with a receiver that takes a part or refuses it. */
function search(size: number, takes: (part: number[]) => boolean, splittable = true): Found {
  const search = new RefusalSearch(batchOf(size))
  const passed: number[] = []
  const refused: number[] = []
  let requests = 0
  for (let part = search.next(); part !== undefined; part = search.next()) {
    requests++
    if (takes(numbersIn(part))) {
      passed.push(...numbersIn(part))
      search.passed()
    } else refused.push(...search.refused(splittable).flatMap(numbersIn))
  }
  return { requests, passed, refused }
}

/** What a receiver with such bad entries leads to. */
const without = (isBad: (entry: number) => boolean, size = SIZE): Found => search(size, (part) => !part.some(isBad))
const all = (size: number): number[] => Array.from({ length: size }, (_, index) => index)

describe('of a thousand entries', () => {
  test('all of which are good, all go out at once', () => {
    expect(without(() => false)).toEqual({ requests: 1, passed: all(SIZE), refused: [] })
  })

  test.each([0, 1, 499, 500, 501, 713, 998, 999])('number %i is found alone in few requests', (bad) => {
    const { requests, passed, refused } = without((entry) => entry === bad)
    expect([passed, refused]).toEqual([all(SIZE).filter((entry) => entry !== bad), [bad]])
    expect(requests).toBeLessThanOrEqual(40)
  })

  test('every second is found in little more than one request for each', () => {
    const { requests, passed, refused } = without((entry) => entry % 2 === 0)
    expect(passed.toSorted((a, b) => a - b)).toEqual(all(SIZE).filter((entry) => entry % 2 === 1))
    expect(refused.toSorted((a, b) => a - b)).toEqual(all(SIZE).filter((entry) => entry % 2 === 0))
    expect(requests).toBeLessThanOrEqual(SIZE + 20)
  })

  test('the first hundred in a row are found, and the others arrive', () => {
    const { requests, passed, refused } = without((entry) => entry < 100)
    expect(passed.toSorted((a, b) => a - b)).toEqual(all(SIZE).slice(100))
    expect(refused.toSorted((a, b) => a - b)).toEqual(all(100))
    expect(requests).toBeLessThanOrEqual(150)
  })

  test('ten here and there are found in few requests', () => {
    const { requests, refused } = without((entry) => entry % 97 === 13)
    expect(refused).toEqual(all(SIZE).filter((entry) => entry % 97 === 13))
    expect(requests).toBeLessThanOrEqual(250)
  })

  test('all of which are refused, few are tried', () => {
    const { requests, passed, refused } = without(() => true)
    expect([passed, refused.toSorted((a, b) => a - b)]).toEqual([[], all(SIZE)])
    expect(requests).toBeLessThanOrEqual(20)
  })

  test('those that fit go out together when requests may not be large', () => {
    const { requests, passed, refused } = search(SIZE, (part) => part.length <= 70)
    expect([passed, refused]).toEqual([all(SIZE), []])
    expect(requests).toBeLessThanOrEqual(40)
  })

  test('a refusal that has nothing to do with them is not searched', () => {
    expect(search(SIZE, () => false, false)).toEqual({ requests: 1, passed: [], refused: all(SIZE) })
  })
})

test.each([1, 2, 3, 8, 9, 10])('a batch of %i that is refused as a whole ends', (size) => {
  const { refused, requests } = without(() => true, size)
  expect(refused.toSorted((a, b) => a - b)).toEqual(all(size))
  expect(requests).toBeLessThanOrEqual(2 * size)
})

test('whatever a receiver refuses, each entry is either taken or refused, once', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const bad = new Set(all(97).filter((entry) => (entry * seed * 7919) % 11 < seed % 11))
    const { passed, refused } = without((entry) => bad.has(entry), 97)
    expect([...passed, ...refused].toSorted((a, b) => a - b)).toEqual(all(97))
    expect(passed.filter((entry) => bad.has(entry))).toEqual([])
    // Where anything passed, nothing good was refused.
    const good = refused.filter((entry) => !bad.has(entry))
    expect(passed.length === 0 || good.length === 0).toBe(true)
  }
})

test('groups hold their entries together', () => {
  const search = new RefusalSearch(batchOf(5))
  search.refused(true)
  const part = search.next() as Part
  expect([sizeOf(part), part.map(({ group, entries }) => [String(group), entries.map(String)])]).toEqual([
    3,
    [
      ['one', ['0', '1']],
      ['two', ['2']],
    ],
  ])
})
