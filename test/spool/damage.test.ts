import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SegmentQueue } from '../../src/spool/index.ts'
import { orphan, readAll, segmentsIn, writeLane } from '../support/spool.ts'

let directory: string
let damaged: { count: number; how: string }[]
const damage = (_path: string, count: number, how: string): void => void damaged.push({ count, how })
const lost = (): number => damaged.reduce((total, { count }) => total + count, 0)
const onlyPath = (): string => segmentsIn(directory)[0] as string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'clew-damage-'))
  damaged = []
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

/** A segment of five blocks with one entry each, of a process that is gone. */
function leftBehind(): string {
  const { say, owner } = writeLane(directory, damage)
  for (const text of ['one', 'two', 'three', 'four', 'five']) say(text)
  return orphan(onlyPath(), owner)
}

function heirOf(path: string): SegmentQueue {
  const queue = new SegmentQueue(damage)
  queue.adopt(path)
  return queue
}

const ALL = ['one', 'two', 'three', 'four', 'five']

test('wherever one byte of a segment changed, at most one entry is lost, and is counted', () => {
  const path = leftBehind()
  const whole = readFileSync(path)
  for (let at = 0; at < whole.length; at++) {
    damaged = []
    const changed = Buffer.from(whole)
    changed.writeUInt8((changed[at] as number) ^ (1 << (at % 8)), at)
    writeFileSync(path, changed)
    const left = readAll(heirOf(path))
    const missing = ALL.filter((text) => !left.includes(text))
    // A segment whose own header is changed may say too little of what it is: all of it is put aside then.
    const putAside = readdirSync(directory).some((file) => file.endsWith('.damaged'))
    expect({ at, left, lost: lost() }).toEqual({
      at,
      left: ALL.filter((text) => !missing.includes(text)),
      lost: putAside ? 1 : missing.length,
    })
    expect(missing.length <= 1 || putAside).toBe(true)
    for (const file of readdirSync(directory)) rmSync(join(directory, file))
  }
})

test('wherever a segment ends too early, what is before its end is kept, and one entry is lost at most', () => {
  const path = leftBehind()
  const whole = readFileSync(path)
  const start = whole.indexOf('CLB2')
  for (let length = start; length < whole.length; length++) {
    damaged = []
    writeFileSync(path, whole.subarray(0, length))
    const left = readAll(heirOf(path))
    // Where it ends between two blocks nobody knows that there were more.
    const isBetween = whole.subarray(length, length + 4).equals(Buffer.from('CLB2'))
    expect({ length, left, lost: lost() }).toEqual({ length, left: ALL.slice(0, left.length), lost: isBetween ? 0 : 1 })
  }
})

describe('a segment of a living process', () => {
  test('that somebody removed while it waited is counted, entry by entry, and what follows arrives', () => {
    const { say, queue } = writeLane(directory, damage)
    const large = 'x'.repeat(4_200_000)
    say(large)
    say('removed too')
    const [first] = segmentsIn(directory).toSorted() as [string]
    say(large)
    say('kept')
    rmSync(first)
    rmSync(segmentsIn(directory).toSorted()[0] as string)
    say('later')
    expect(readAll(queue)).toEqual(['kept', 'later'])
    expect(damaged).toEqual([
      { count: 1, how: 'somebody removed it' },
      { count: 2, how: 'somebody removed it' },
    ])
    expect(queue.count).toBe(0)
  })

  test('that somebody removed while it is read still arrives, and what is said next goes into another', () => {
    const { say, queue } = writeLane(directory, damage)
    say('read')
    const batch = queue.read(1)
    rmSync(onlyPath())
    say('next')
    expect(segmentsIn(directory)).toHaveLength(1)
    queue.commit(batch as NonNullable<typeof batch>)
    expect(readAll(queue)).toEqual(['next'])
    expect(damaged).toEqual([])
  })

  test('that somebody cut is counted exactly, and what is said next goes into another', () => {
    const { say, queue } = writeLane(directory, damage)
    say('kept')
    const whole = statSync(onlyPath()).size
    for (const text of ['cut', 'cut', 'cut']) say(text)
    truncateSync(onlyPath(), whole)
    say('next')
    expect(readAll(queue)).toEqual(['kept', 'next'])
    expect(damaged).toEqual([{ count: 3, how: "its end can't be read" }])
    expect(queue.count).toBe(0)
  })

  test('that somebody emptied is counted exactly', () => {
    const { say, queue } = writeLane(directory, damage)
    for (const text of ['cut', 'cut', 'cut']) say(text)
    truncateSync(onlyPath(), 0)
    say('next')
    expect(readAll(queue)).toEqual(['next'])
    expect(lost()).toBe(3)
  })

  test('that somebody removed is counted at the end of the process if something in it was left', () => {
    const { say, queue } = writeLane(directory, damage)
    say('read')
    say('left')
    queue.read(1)
    rmSync(onlyPath())
    queue.close()
    expect(damaged).toEqual([{ count: 2, how: 'somebody removed it' }])
  })
})

test('a file that is no segment is put aside, and said once', () => {
  const path = leftBehind()
  writeFileSync(path, 'not ours at all, whatever it is called')
  expect(readAll(heirOf(path))).toEqual([])
  expect(damaged).toEqual([{ count: 1, how: `it is not a segment of a clew spool; it is kept as ${path}.damaged` }])
  expect(readdirSync(directory).filter((file) => !file.endsWith('.lease'))).toHaveLength(1)
})

test('a file that was made and never written to is removed without a word', () => {
  const path = leftBehind()
  writeFileSync(path, '')
  expect(readAll(heirOf(path))).toEqual([])
  expect([damaged, segmentsIn(directory)]).toEqual([[], []])
})
