import { expect, test } from 'vitest'
import { FailureWatch } from '../../src/audit/failure-watch.ts'

const SETTINGS = { failuresPerUser: 3, failuresPerAddress: 4, windowMillis: 1_000 }

function watchAt(): { watch: FailureWatch; at: (millis: number) => void } {
  let now = 0
  return { watch: new FailureWatch(SETTINGS, () => now), at: (millis) => (now = millis) }
}

test('too many failures of one user within the window are suspicious, once, and again after as many more', () => {
  const { watch } = watchAt()
  const one = (): readonly unknown[] => watch.failed({ user: 'u1', address: undefined })
  const suspicion = { by: 'user', key: 'u1', failures: 3, windowMillis: 1_000 }
  expect([one(), one(), one(), one(), one(), one()]).toEqual([[], [], [suspicion], [], [], [suspicion]])
})

test('failures spread over a longer time are not', () => {
  const { watch, at } = watchAt()
  for (let time = 0; time < 10_000; time += 500) {
    at(time)
    expect(watch.failed({ user: 'u1', address: undefined })).toEqual([])
  }
})

test('an address is suspicious whoever it tries to be', () => {
  const { watch } = watchAt()
  const tries = ['a', 'b', 'c', 'd'].map((user) => watch.failed({ user, address: '10.0.0.1' }))
  expect(tries).toEqual([[], [], [], [{ by: 'address', key: '10.0.0.1', failures: 4, windowMillis: 1_000 }]])
})

test('what is no text has no part in it', () => {
  const { watch } = watchAt()
  for (const user of [undefined, null, 7, {}, ''])
    for (let n = 0; n < 5; n++) expect(watch.failed({ user, address: user })).toEqual([])
})

test('a flood of names does not fill the memory, and its address is found all the same', () => {
  const { watch } = watchAt()
  const found = new Set<string>()
  for (let n = 0; n < 100_000; n++)
    for (const { by } of watch.failed({ user: `u${n}`.padEnd(10_000, 'x'), address: '10.0.0.1' })) found.add(by)
  expect(found).toEqual(new Set(['address']))
  expect(process.memoryUsage().heapUsed).toBeLessThan(400 * 1_048_576)
})
