import { copyFileSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { adoptSegments, createOwner, endLease, LANES, renewLease, SegmentQueue } from '../../src/spool/index.ts'
import { runProgram } from '../support/program.ts'
import { orphan, readAll, segmentsIn, textsOf, writeLane } from '../support/spool.ts'

const ALL = new Set(LANES)
const START_MILLIS = 1_500
const noDamage = (path: string): never => {
  throw new Error(`damage in ${path}`)
}

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'clew-adoption-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

function newOwner(): string {
  const owner = createOwner()
  renewLease(directory, owner)
  return owner
}

test('of several processes that take over at once each segment goes to one', async () => {
  const { say, owner } = writeLane(directory, noDamage)
  say('left')
  const [path] = segmentsIn(directory) as [string]
  const left = orphan(path, owner)
  const names = Array.from({ length: 300 }, (_, index) => left.replace('00000000.seg', `${10_000_000 + index}.seg`))
  renameSync(left, names[0] as string)
  for (const name of names.slice(1)) copyFileSync(names[0] as string, name)
  const at = String(Date.now() + START_MILLIS)
  const ends = await Promise.all([1, 2, 3].map(() => runProgram('test/fixtures/adopter.mjs', [directory, at], {})))
  const taken = ends.map(({ stdout }) => JSON.parse(stdout) as string[])
  const sequences = taken.flat().map((one) => one.slice(-12))
  expect(sequences.toSorted()).toEqual(names.map((one) => one.slice(-12)).toSorted())
  expect(new Set(sequences).size).toBe(300)
})

test('what a thread left that was ended is taken over while its process lives on', async () => {
  const worker = new Worker(new URL('../fixtures/segment-writer.mjs', import.meta.url), { workerData: { directory } })
  await once(worker, 'message')
  const self = newOwner()
  expect(adoptSegments(directory, self, ALL)).toEqual([])
  await worker.terminate()
  const adopted = adoptSegments(directory, self, ALL)
  const queue = new SegmentQueue(noDamage)
  for (const { path } of adopted) queue.adopt(path)
  const batch = queue.read(1_000)
  expect(textsOf(batch)).toEqual({ orders: ['from the thread'] })
  expect(String(batch?.meta)).toBe('the resource of the thread')
  expect(readdirSync(directory).filter((file) => file.endsWith('.lease'))).toEqual([`${self}.lease`])
})

test('what an owner left that ended its lease is taken over while its thread lives on', () => {
  const { say, owner } = writeLane(directory, noDamage)
  say('left')
  const self = newOwner()
  expect(adoptSegments(directory, self, ALL)).toEqual([])
  endLease(directory, owner)
  expect(adoptSegments(directory, self, ALL)).toHaveLength(1)
})

test('only segments of the lanes that are asked for are taken over', () => {
  for (const lane of ['log', 'trace'] as const) {
    const { say, owner } = writeLane(directory, noDamage, lane)
    say(lane)
    endLease(directory, owner)
  }
  expect(adoptSegments(directory, newOwner(), new Set(['trace'])).map(({ lane }) => lane)).toEqual(['trace'])
})

test('what was taken over is read though the own segment still grows, the older entries first', () => {
  const dead = writeLane(directory, noDamage)
  dead.say('older')
  endLease(directory, dead.owner)
  const { say, queue, owner } = writeLane(directory, noDamage)
  say('own')
  expect(readAll(queue, 1)).toEqual(['own'])
  for (const { path } of adoptSegments(directory, owner, ALL)) queue.adopt(path)
  say('own again')
  expect([queue.count, readAll(queue)]).toEqual([2, ['older', 'own again']])
})

test('a segment that another process took over is not counted as lost', () => {
  const { say, queue, owner } = writeLane(directory, noDamage)
  say('x'.repeat(4_200_000))
  say('next')
  endLease(directory, owner)
  const heir = new SegmentQueue(noDamage)
  for (const { path } of adoptSegments(directory, newOwner(), ALL)) heir.adopt(path)
  expect([readAll(queue), heir.count]).toEqual([[], 2])
})
