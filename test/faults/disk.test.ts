import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { canMount, mountSmall, NOT_ROOT } from '../support/small-disk.ts'
import { until } from '../support/until.ts'
import { silent } from './receiver.ts'
import type { SpeakerStart } from './speaker.ts'
import { dropped, NOTHING_WRONG, Trial } from './trial.ts'

/** Some 6 MiB. */
const RECORDS = 20_000
/** No file may be larger than 128 KiB. */
const LIMITED = 'ulimit -f 256; exec "$0" "$@"'
test.concurrent(
  'where files may not grow any more, what is said waits in memory and arrives, in order',
  async (context) => {
    const trial = await Trial.open(context)
    await trial.receiver.close()
    const speaker = trial.start('speaker', { around: LIMITED })
    await speaker.ask('say', { count: RECORDS })
    await speaker.ask('say', { count: 100, level: 'error' })
    await trial.receiver.open()
    expect(await speaker.ask('flush')).toBe(true)
    expect(trial.account()).toEqual({ ...NOTHING_WRONG, said: RECORDS + 100 })
    expect(dropped(await speaker.ask('status'))).toBe(0)
    expect((await speaker.end('natural')).stderr).toContain('EFBIG')
  },
)

test.concurrent.for(['refused', 'silent'])(
  'what is only in memory at the end is counted (the receiver is %s)',
  async (away, context) => {
    const trial = await Trial.open(context)
    if (away === 'silent') trial.receiver.behave = silent
    else await trial.receiver.close()
    const speaker = trial.start('speaker', { around: LIMITED })
    await speaker.ask('say', { count: RECORDS })
    const { status } = await speaker.ask('shutdown')
    await speaker.end('natural')
    const { dropped: later } = await trial.drain()
    const { missing, said } = trial.account()
    expect(missing).toBeLessThan(said)
    expect(dropped(status) + later).toBe(missing)
  },
)

test.concurrent.for<[string, (home: string) => Partial<SpeakerStart>]>([
  ['a file is in the place of the home', (home) => (writeFileSync(home, 'in the way'), {})],
  ['a file is in the place of the spool', (home) => (mkdirSync(home), writeFileSync(join(home, 'spool'), ''), {})],
  ['the home can only be read', (home) => (mkdirSync(home), chmodSync(home, 0o555), NOT_ROOT)],
])('where %s, records arrive all the same', async ([, prepare], context) => {
  const trial = await Trial.open(context)
  const speaker = trial.start('speaker', prepare(trial.home))
  await speaker.ask('say', { count: 1_000 })
  expect(await speaker.ask('flush')).toBe(true)
  const { code, stderr } = await speaker.end('natural')
  expect(trial.account()).toEqual({ ...NOTHING_WRONG, said: 1_000 })
  expect(stderr).toContain('[unwritable]')
  expect(code).toBe(0)
})

test.concurrent('what memory has no room for is counted, and the rest arrives in order', async (context) => {
  const trial = await Trial.open(context)
  writeFileSync(trial.home, 'in the way')
  await trial.receiver.close()
  const speaker = trial.start('speaker')
  // Some 55 MiB.
  for (let i = 0; i < 50; i++) await speaker.ask('say', { count: 1_000, fields: { text: 'x'.repeat(1_000) } })
  await trial.receiver.open()
  expect(await speaker.ask('flush')).toBe(true)
  const { missing, ...account } = trial.account()
  expect(account).toEqual({ said: 50_000, lost: missing, doubles: 0, disorder: 0, damaged: 0 })
  expect(missing).toBeGreaterThan(0)
  expect(missing).toBeLessThan(50_000)
  expect(dropped(await speaker.ask('status'))).toBe(missing)
})

test.concurrent(
  'a spool that is removed takes nothing with it that was said since, and no lane stops',
  async (context) => {
    const trial = await Trial.open(context)
    const speaker = trial.start('speaker')
    await speaker.ask('say', { count: 100 })
    await speaker.ask('flush')
    rmSync(trial.spool, { recursive: true })
    for (let i = 0; i < 5; i++) {
      await speaker.ask('say', { count: RECORDS })
      await speaker.ask('say', { count: 100, level: 'error' })
      expect(await speaker.ask('flush')).toBe(true)
    }
    expect((await speaker.end('natural', 100)).code).toBe(0)
    expect(trial.account()).toEqual({ ...NOTHING_WRONG, said: 200 + 5 * (RECORDS + 100) })
  },
)

test.concurrent(
  'what goes with a spool that is removed while the receiver is away is counted, and no lane stops',
  async (context) => {
    const trial = await Trial.open(context)
    await trial.receiver.close()
    const speaker = trial.start('speaker')
    await speaker.ask('say', { count: 2 * RECORDS })
    expect(await speaker.ask('flush', { timeoutMillis: 500 })).toBe(false)
    rmSync(trial.spool, { recursive: true })
    await trial.receiver.open()
    await speaker.ask('say', { count: RECORDS })
    await speaker.ask('flush')
    await speaker.ask('say', { count: 10 })
    await speaker.ask('flush')
    const { missing } = trial.account()
    expect(missing).toBeLessThanOrEqual(2 * RECORDS)
    expect(dropped(await speaker.ask('status'))).toBe(missing)
  },
)

test.concurrent('a spool that is removed is made again, and what is said then survives a kill', async (context) => {
  const trial = await Trial.open(context)
  await trial.receiver.close()
  const speaker = trial.start('speaker')
  await speaker.ask('say', { count: 100 })
  await until('the spool', () => existsSync(trial.spool))
  rmSync(trial.spool, { recursive: true })
  speaker.ask('speak', { perSecond: 100, seconds: 60 }).catch(() => {})
  await until('the spool to be there again', () => existsSync(trial.spool))
  await speaker.ask('say', { count: 100, level: 'error' })
  await speaker.kill()
  await trial.drain()
  expect(trial.receiver.logs.filter(({ severityText }) => severityText === 'ERROR')).toHaveLength(100)
})

test.concurrent(
  'a spool in which no file can be made or removed any more stops no lane, and sends nothing twice',
  async (context) => {
    const trial = await Trial.open(context)
    mkdirSync(trial.home)
    chmodSync(trial.home, 0o777)
    await trial.receiver.close()
    const speaker = trial.start('speaker', NOT_ROOT)
    await speaker.ask('say', { count: 2 * RECORDS })
    expect(await speaker.ask('flush', { timeoutMillis: 500 })).toBe(false)
    chmodSync(trial.spool, 0o555)
    await trial.receiver.open()
    await speaker.ask('say', { count: 2 * RECORDS })
    await speaker.ask('flush')
    await speaker.ask('say', { count: 10 })
    await speaker.ask('flush')
    await speaker.end('natural')
    chmodSync(trial.spool, 0o777)
    const { left } = await trial.drain()
    expect(trial.account()).toEqual({ ...NOTHING_WRONG, said: 4 * RECORDS + 11 })
    expect(left).toEqual([])
  },
)

describe.runIf(canMount())('on a file system of 2 MiB', () => {
  test.concurrent('what finds no room waits in memory and arrives, in order', async (context) => {
    const trial = await Trial.open(context, mountSmall(context))
    await trial.receiver.close()
    const speaker = trial.start('speaker')
    await speaker.ask('say', { count: RECORDS })
    await speaker.ask('say', { count: 100, level: 'error' })
    await trial.receiver.open()
    expect(await speaker.ask('flush')).toBe(true)
    expect(trial.account()).toEqual({ ...NOTHING_WRONG, said: RECORDS + 100 })
    expect((await speaker.end('natural')).stderr).toContain('ENOSPC')
  })

  test.concurrent(
    'what was said while it was full and what was said when it no longer was arrive in order',
    async (context) => {
      const directory = mountSmall(context)
      const trial = await Trial.open(context, directory)
      await trial.receiver.close()
      const speaker = trial.start('speaker')
      await speaker.ask('say', { count: 100 })
      const filler = join(directory, 'filler')
      expect(() => writeFileSync(filler, Buffer.alloc(4 * 1024 * 1024))).toThrow('ENOSPC')
      await speaker.ask('speak', { perSecond: 2_000, seconds: 1 })
      rmSync(filler)
      await speaker.ask('speak', { perSecond: 500, seconds: 3 })
      await trial.receiver.open()
      expect(await speaker.ask('flush')).toBe(true)
      expect(trial.account()).toEqual({ ...NOTHING_WRONG, said: 3_600 })
    },
  )
})
