import { existsSync, readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { until } from '../../support/until.ts'
import { FileTrial, NOTHING_WRONG } from './file-trial.ts'

const SMALL = { maxBytes: 131_072 }

test('four processes write one file: each line is there once and whole, and the backups are compressed', async (context) => {
  const trial = FileTrial.open(context)
  const speakers = ['a', 'b', 'c', 'd'].map((by) => trial.start(by, SMALL))
  await Promise.all(speakers.map((speaker) => speaker.ready))
  await Promise.all(
    speakers.map(async (speaker) => {
      await speaker.ask('speak', { perSecond: 2_000, seconds: 2, errorEvery: 100 })
      for (let burst = 0; burst < 5; burst++) await speaker.ask('say', { count: 2_000 })
    }),
  )
  const isCompressed = (name: string): boolean => name.endsWith('.gz')
  await until('the backups to be compressed', () => trial.backups('speaker.jsonl').every(isCompressed))
  const ends = await Promise.all(speakers.map((speaker) => speaker.end('natural', 100)))
  expect(ends.map(({ stderr }) => stderr)).toEqual(['', '', '', ''])
  const said = 4 * (4_000 + 10_000 + 100)
  expect(trial.account()).toEqual({ ...NOTHING_WRONG, said })
  expect(trial.backups('speaker.jsonl').length).toBeGreaterThan(10)
  expect(readdirSync(trial.logs).filter((name) => /\.(?:part|lock)$/.test(name))).toEqual([])
  const errors = trial.texts('error.log').join('')
  expect(errors.split('\n').length - 1).toBe(4 * 40)
})

test.for(['thread', 'cluster'])('members of one program write one file, each of them a %s', async (kind, context) => {
  const trial = FileTrial.open(context)
  const crowd = trial.start('crowd', SMALL, { file: 'crowd.mjs', args: [kind, '3'] })
  await crowd.ask('say', { count: 3_000 })
  expect((await crowd.end('natural', 10)).stderr).toBe('')
  expect(trial.account()).toEqual({ ...NOTHING_WRONG, said: 3 * 3_010 })
})

test.for(['natural', 'exit', 'throw', 'SIGTERM', 'SIGINT'])('the end by "%s" loses no line', async (way, context) => {
  const trial = FileTrial.open(context)
  const speaker = trial.start('speaker')
  await speaker.ask('say', { count: 100 })
  await speaker.end(way, 5_000)
  const { missing, ...account } = trial.account()
  expect(account).toEqual({ said: 5_100, lost: 0, doubles: 0, disorder: 0, damaged: 0 })
  expect(missing).toBe(0)
})

test('a program that is killed loses no line that it said before this turn of its event loop', async (context) => {
  const trial = FileTrial.open(context)
  const speaker = trial.start('speaker', SMALL)
  await speaker.ask('say', { count: 5_000 })
  await speaker.ask('say', { count: 10, level: 'error' })
  await speaker.kill()
  expect(trial.account()).toEqual({ ...NOTHING_WRONG, said: 5_010 })
})

test('programs that are killed while they write and rotate lose no more than a chunk, and the next one tidies up', async (context) => {
  const trial = FileTrial.open(context)
  for (let round = 0; round < 5; round++) {
    const speaker = trial.start(`round-${round}`, SMALL)
    speaker.ask('speak', { perSecond: 20_000, seconds: 60 }).catch(() => {})
    const backups = round * 2
    await until('some backups', () => existsSync(trial.logs) && trial.backups('speaker.jsonl').length > backups)
    await speaker.kill()
  }
  const speaker = trial.start('last', SMALL)
  await speaker.ask('say')
  const plain = (): string[] => readdirSync(trial.logs).filter((name) => /(?:Z|\.part)$/.test(name))
  await until('the backups to be compressed', () => plain().length === 0)
  const { missing, ...account } = trial.account()
  expect(account).toMatchObject({ lost: 0, doubles: 0, disorder: 0, damaged: 0 })
  expect(missing).toBeLessThan(5 * 200)
})
