import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { until } from '../support/until.ts'
import type { FaultReceiver } from './receiver.ts'
import type { Speaker } from './speaker.ts'
import { NOTHING_WRONG, Trial } from './trial.ts'

const RECORDS = 5_000

/** Which process and which clew each voice speaks from, by the resources of its records. */
function origins({ logs }: FaultReceiver): Map<unknown, Set<string>> {
  const found = new Map<unknown, Set<string>>()
  for (const { attributes, resource } of logs) {
    // clew's own record after an outage has no voice.
    if (attributes['voice'] === undefined) continue
    const { 'process.pid': pid, 'service.instance.id': instance } = resource.attributes
    const known = found.get(attributes['voice']) ?? new Set()
    found.set(attributes['voice'], known.add(`${String(pid)} ${String(instance)}`))
  }
  return found
}

test.concurrent(
  'four processes in one spool, one killed and one that ended, lose nothing, and each record tells its own process',
  async (context) => {
    const trial = await Trial.open(context)
    await trial.receiver.close()
    const speakers = ['a', 'b', 'c', 'd'].map((by) => trial.start(by))
    const [killed, ended, ...others] = speakers as [Speaker, Speaker, Speaker, Speaker]
    await Promise.all(
      speakers.map((speaker) => speaker.ask('speak', { perSecond: RECORDS, seconds: 1, errorEvery: 50 })),
    )
    await killed.ask('settle')
    await killed.kill()
    await ended.end('natural')
    await trial.receiver.open()
    for (const other of others) expect(await other.ask('flush')).toBe(true)
    for (const other of others) await other.end('natural')
    const { left } = await trial.drain()
    expect(left).toEqual([])
    expect(trial.account()).toEqual({ ...NOTHING_WRONG, said: 4 * RECORDS + 1 })
    const found = origins(trial.receiver)
    expect([...found.values()].map(({ size }) => size)).toEqual([...found].map(() => 1))
    for (const [index, by] of ['a', 'b', 'c', 'd'].entries()) {
      const [origin = ''] = found.get(`${by}.info`) ?? []
      expect(Number(origin.split(' ')[0])).toBe(speakers[index]?.child.pid)
      expect(found.get(`${by}.error`)).toEqual(new Set([origin]))
    }
  },
)

test.concurrent('what a killed process left goes out through one that lives and says little', async (context) => {
  const trial = await Trial.open(context)
  const living = trial.start('living')
  await living.ask('say', { count: 10 })
  expect(await living.ask('flush')).toBe(true)
  await trial.receiver.close()
  const killed = trial.start('killed')
  await killed.ask('say', { count: 500 })
  await killed.ask('settle')
  await killed.kill()
  await trial.receiver.open()
  const arrived = (): number =>
    trial.receiver.logs.filter(({ attributes }) => attributes['voice'] === 'killed.info').length
  await until('the records of the killed process', () => arrived() >= 500)
  expect(trial.account()).toEqual({ ...NOTHING_WRONG, said: 510 })
})

test
  .runIf(process.platform === 'linux')
  .concurrent(
    'what a process left that is dead but that its parent does not look after goes out, too',
    async (context) => {
      const trial = await Trial.open(context)
      await trial.receiver.close()
      // The shell becomes a program that never asks what became of its child, as the first process of many a container.
      const speaker = trial.start('orphan', { around: '"$0" "$@" & exec sleep 60' })
      await speaker.ask('say', { count: 100 })
      const pid = await speaker.ready
      speaker.leave('exit')
      await until('its death', () => /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')))
      const { left } = await trial.drain()
      expect(trial.account()).toEqual({ ...NOTHING_WRONG, said: 101 })
      expect(left).toEqual([])
    },
  )

const CROWDS = ['4 threads', '2 processes of a cluster'] as const
const MEMBERS = { '4 threads': ['thread', '4'], '2 processes of a cluster': ['cluster', '2'] } as const

test.concurrent.for(CROWDS)('%s with a clew each lose nothing', async (crowd, context) => {
  const trial = await Trial.open(context)
  await trial.receiver.close()
  const args = MEMBERS[crowd]
  const size = Number(args[1])
  const program = trial.start('crowd', { file: 'crowd.mjs', args })
  await program.ask('say', { count: RECORDS })
  await program.ask('say', { count: 10, level: 'error' })
  await trial.receiver.open()
  expect(await program.ask('flush')).toEqual(Array(size).fill(true))
  expect(trial.account()).toEqual({ ...NOTHING_WRONG, said: size * (RECORDS + 10) })
  const { code } = await program.end('natural', 100)
  expect(code).toBe(0)
  expect(trial.account()).toEqual({ ...NOTHING_WRONG, said: size * (RECORDS + 110) })
  const clews = new Set([...origins(trial.receiver).values()].flatMap((origin) => [...origin]))
  expect(clews.size).toBe(size)
  const { left } = await trial.drain()
  expect(left).toEqual([])
})

test.concurrent.for(CROWDS)(
  '%s whose program exits while they speak lose nothing of what had to be written by then',
  async (crowd, context) => {
    const trial = await Trial.open(context)
    await trial.receiver.close()
    const program = trial.start('crowd', { file: 'crowd.mjs', args: MEMBERS[crowd] })
    program.ask('speak', { perSecond: 2_000, seconds: 60, errorEvery: 20 }).catch(() => {})
    await program.ask('speak', { perSecond: 100, seconds: 1 })
    await program.exitCrowd()
    const { left } = await trial.drain()
    const { said, missing, ...account } = trial.account()
    console.log(`${crowd}: of ${said} records ${missing} were too young to be written when the program exited`)
    expect(account).toEqual({ lost: 0, doubles: 0, disorder: 0, damaged: 0 })
    expect(left).toEqual([])
  },
)

test.concurrent('what a thread left that ended goes out through those that go on', async (context) => {
  const trial = await Trial.open(context)
  const program = trial.start('crowd', { file: 'crowd.mjs', args: MEMBERS['4 threads'] })
  await program.ask('say', { count: 10 })
  await program.ask('flush')
  await trial.receiver.close()
  await program.ask('say', { count: 500 })
  await program.ask('endOne')
  await trial.receiver.open()
  await until('the records of all threads', () => trial.receiver.logs.length >= 4 * 510)
  expect(trial.account()).toEqual({ ...NOTHING_WRONG, said: 4 * 510 })
})
