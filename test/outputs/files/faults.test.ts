import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { canMount, mountSmall, NOT_ROOT } from '../../support/small-disk.ts'
import { until } from '../../support/until.ts'
import { FileTrial, NOTHING_WRONG } from './file-trial.ts'

/** No file may be larger than 128 KiB. */
const LIMITED = 'ulimit -f 256; exec "$0" "$@"'
const NO_DROPS = { file_full: 0, file_unwritable: 0 }
const noteCount = (stderr: string): number => stderr.split('\n').filter((line) => line.includes('[file_')).length

test('where a file may not grow any more, its lines are whole, and those that find no room are counted', async (context) => {
  const trial = FileTrial.open(context)
  const speaker = trial.start('speaker', { maxBytes: 0 }, { around: LIMITED })
  await speaker.ask('say', { count: 40_000 })
  const { files } = await speaker.ask('status')
  expect(files?.dropped.file_full).toBeGreaterThan(0)
  expect(files?.waiting).toBeGreaterThan(0)
  const { code, stderr } = await speaker.end('natural')
  expect(code).toBe(0)
  expect(statSync(trial.path).size).toBeLessThanOrEqual(131_072)
  expect(stderr).toContain(`${trial.path} can't be written (EFBIG); until it can, lines wait in memory`)
  expect(noteCount(stderr)).toBe(1)
  const { missing, ...account } = trial.account()
  expect(account).toEqual({ said: 40_000, lost: account.lost, doubles: 0, disorder: 0, damaged: 0 })
  const told = [...stderr.matchAll(/(\d+) file_full/g)].reduce((sum, [, count]) => sum + Number(count), 0)
  expect(told).toBe(missing)
})

test('files that can be rotated are written on where none may grow any more', async (context) => {
  const trial = FileTrial.open(context)
  const speaker = trial.start('speaker', { maxBytes: 65_536 }, { around: LIMITED })
  await speaker.ask('say', { count: 5_000 })
  expect((await speaker.end('natural')).stderr).toBe('')
  expect(trial.account()).toEqual({ ...NOTHING_WRONG, said: 5_000 })
})

test.for<[string, (trial: FileTrial) => unknown, (trial: FileTrial) => unknown]>([
  [
    'a directory is in its place',
    ({ path }) => mkdirSync(path, { recursive: true }),
    ({ path, logs }) => (rmSync(path, { recursive: true }), chmodSync(logs, 0o777)),
  ],
  ['a file is in the place of its directory', ({ logs }) => writeFileSync(logs, ''), ({ logs }) => rmSync(logs)],
  ['its directory is read-only', ({ logs }) => mkdirSync(logs, { mode: 0o555 }), ({ logs }) => chmodSync(logs, 0o777)],
])('when %s, the program goes on, says so once, and writes when it can', async ([, hinder, help], context) => {
  const trial = FileTrial.open(context)
  hinder(trial)
  const speaker = trial.start('speaker', {}, NOT_ROOT)
  await speaker.ask('say', { count: 100 })
  const status = await speaker.ask('status')
  expect(status.files).toEqual({ path: trial.path, waiting: 100, dropped: NO_DROPS })
  help(trial)
  await until('the lines to be written', async () => (await speaker.ask('status')).files?.waiting === 0)
  await speaker.ask('say', { count: 100 })
  const { stderr } = await speaker.end('natural')
  expect(stderr).toMatch(
    /^clew: \S+ can't be written \((?:EISDIR|ENOTDIR|EEXIST|EACCES)\); until .*\[file_unwritable\]\n$/,
  )
  expect(trial.account()).toEqual({ ...NOTHING_WRONG, said: 200 })
})

test('where nobody asked for files and none can be made, one note says so', async (context) => {
  const trial = FileTrial.open(context)
  mkdirSync(trial.logs, { mode: 0o555 })
  const speaker = trial.start('speaker', null, { ...NOT_ROOT, around: `cd ${trial.logs} && exec "$0" "$@"` })
  await speaker.ask('say', { count: 10_000 })
  const { code, stderr } = await speaker.end('natural')
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: `clew: there are no log files, since ${trial.logs}/logs can't be written (EACCES) [no_files]\n`,
  })
})

test.for(['the file', 'the directory'])('%s that is removed is made again', async (what, context) => {
  const trial = FileTrial.open(context)
  const speaker = trial.start('speaker')
  await speaker.ask('say', { count: 100 })
  rmSync(what === 'the file' ? trial.path : trial.logs, { recursive: true })
  await until(
    'it to be there again',
    async () => {
      await speaker.ask('say')
      return existsSync(trial.path)
    },
    60_000,
  )
  await speaker.ask('say', { count: 100 })
  await speaker.end('natural')
  const lines = readFileSync(trial.path, 'utf8').split('\n').slice(-101, -1)
  const numbers = lines.map((line) => (JSON.parse(line) as { metadata: { n: number } }).metadata.n)
  expect(numbers).toEqual(Array.from({ length: 100 }, (_, i) => (numbers[0] as number) + i))
})

test('when no descriptors are left, lines wait until there are some', async (context) => {
  const trial = FileTrial.open(context)
  const speaker = trial.start('speaker')
  await speaker.ask('say', { count: 0 })
  await speaker.ask('hog')
  await speaker.ask('say', { count: 100 })
  expect((await speaker.ask('status')).files).toEqual({ path: trial.path, waiting: 100, dropped: NO_DROPS })
  await speaker.ask('release')
  await until('the lines to be written', async () => (await speaker.ask('status')).files?.waiting === 0)
  expect((await speaker.end('natural')).stderr).toContain('(EMFILE)')
  expect(trial.account()).toEqual({ ...NOTHING_WRONG, said: 100 })
})

test('behind a symbolic link it is the file that is written and rotated', async (context) => {
  const trial = FileTrial.open(context)
  const elsewhere = join(dirname(trial.logs), 'elsewhere')
  mkdirSync(trial.logs)
  mkdirSync(elsewhere)
  symlinkSync(join(elsewhere, 'speaker.jsonl'), trial.path)
  const speaker = trial.start('speaker', { maxBytes: 65_536 })
  await speaker.ask('say', { count: 1_000 })
  await speaker.end('natural')
  const real = FileTrial.open(context, elsewhere)
  expect(trial.backups('speaker.jsonl')).toEqual([])
  expect(real.backups('speaker.jsonl').length).toBeGreaterThan(1)
  expect(real.texts('speaker.jsonl').join('').split('\n').length - 1).toBe(1_000)
})

describe.runIf(canMount())('on a file system of 2 MiB', () => {
  test('what finds no room waits in memory, and is written when there is room again', async (context) => {
    const directory = mountSmall(context)
    chmodSync(directory, 0o777)
    const trial = FileTrial.open(context, join(directory, 'logs'))
    const speakers = ['a', 'b'].map((by) => trial.start(by, { maxBytes: 0 }))
    const all = <R>(ask: (speaker: (typeof speakers)[number]) => Promise<R>): Promise<R[]> =>
      Promise.all(speakers.map(ask))
    await all((speaker) => speaker.ask('say', { count: 100 }))
    const filler = join(directory, 'filler')
    expect(() => writeFileSync(filler, Buffer.alloc(4 * 1024 * 1024))).toThrow('ENOSPC')
    await all((speaker) => speaker.ask('speak', { perSecond: 500, seconds: 2 }))
    expect((await all((speaker) => speaker.ask('status'))).every(({ files }) => (files?.waiting ?? 0) > 0)).toBe(true)
    // Each tries again and again, and takes back what it wrote of a line that finds no room.
    await until('a whole last line', () => readFileSync(trial.path, 'utf8').endsWith('}\n'))
    rmSync(filler)
    await all((speaker) => speaker.ask('speak', { perSecond: 200, seconds: 2 }))
    const ends = await all((speaker) => speaker.end('natural'))
    expect(ends.map(({ stderr }) => noteCount(stderr))).toEqual([1, 1])
    expect(ends.every(({ stderr }) => stderr.includes('ENOSPC'))).toBe(true)
    expect(trial.account()).toEqual({ ...NOTHING_WRONG, said: 2 * (100 + 1_000 + 400) })
  })
})
