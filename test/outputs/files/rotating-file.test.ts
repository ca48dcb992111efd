import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { RotatingFile, type RotationRules } from '../../../src/outputs/files/rotating-file.ts'

const DAY_MILLIS = 24 * 3_600_000
const LINE = `${'x'.repeat(99)}\n`
const RULES = { maxBytes: 1_000, backupCount: 5, retentionMillis: 30 * DAY_MILLIS }

let directory: string
let path: string
let failures: unknown[]
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'Date'] })
  directory = mkdtempSync(join(tmpdir(), 'clew-rotating-'))
  path = join(directory, 'shop.jsonl')
  failures = []
})
afterEach(() => {
  vi.useRealTimers()
  rmSync(directory, { recursive: true, force: true })
})

function open(rules: Partial<RotationRules> = {}): RotatingFile {
  return new RotatingFile(path, { ...RULES, ...rules }, (error) => failures.push(error))
}

/** Says lines with a number each; all are written. */
function say(file: RotatingFile, from: number, count = 1): void {
  for (let n = from; n < from + count; n++)
    expect(file.append(Buffer.from(`${n}`.padEnd(99, '.') + '\n'))).toBeUndefined()
}

const backups = (): string[] => readdirSync(directory).filter((name) => name !== 'shop.jsonl')
const textOf = (name: string): string => {
  const content = readFileSync(join(directory, name))
  return (name.endsWith('.gz') ? gunzipSync(content) : content).toString()
}
const numbersOf = (name: string): number[] =>
  textOf(name)
    .split('\n')
    .slice(0, -1)
    .map((line) => parseInt(line, 10))

/** A backup made so many days ago. */
function left(name: string, content: string | Buffer, ageDays = 0): string {
  writeFileSync(join(directory, name), content)
  const time = new Date(Date.now() - ageDays * DAY_MILLIS)
  utimesSync(join(directory, name), time, time)
  return name
}

describe('a file', () => {
  test('becomes a backup before it is larger than it may be, and a new one is begun', () => {
    const file = open()
    say(file, 0, 25)
    expect(backups()).toHaveLength(2)
    expect([...backups(), 'shop.jsonl'].map(numbersOf)).toEqual([
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      [10, 11, 12, 13, 14, 15, 16, 17, 18, 19],
      [20, 21, 22, 23, 24],
    ])
  })

  test('that is larger than it may be from one line takes no other', () => {
    const file = open()
    file.append(Buffer.from(`${'x'.repeat(5_000)}\n`))
    say(file, 1)
    expect([...backups(), 'shop.jsonl'].map((name) => textOf(name).length)).toEqual([5_001, 100])
  })

  test('is for its owner only, as its backups and its directory are', async () => {
    path = join(directory, 'new', 'shop.jsonl')
    const file = open()
    say(file, 0, 11)
    vi.advanceTimersByTime(3_000)
    await file.tidy()
    const modes = ['', ...readdirSync(join(directory, 'new'))].map(
      (name) => statSync(join(directory, 'new', name)).mode & 0o777,
    )
    expect(modes).toEqual([0o700, 0o600, 0o600])
  })

  test('has the rights that somebody gave to the one before it', () => {
    const file = open()
    say(file, 0)
    chmodSync(path, 0o640)
    vi.advanceTimersByTime(1_000)
    const again = open()
    say(again, 1, 10)
    expect(statSync(path).mode & 0o777).toBe(0o640)
  })

  test('that is full is written on when it can not be moved, which is said', () => {
    // Names that are too long for its backups, and not for itself.
    path = join(directory, 'x'.repeat(250))
    const long = open()
    say(long, 0, 20)
    expect(statSync(path).size).toBe(2_000)
    expect(failures).toEqual([expect.objectContaining({ code: 'ENAMETOOLONG' })])
  })

  test('that has no limit never becomes a backup', () => {
    const file = open({ maxBytes: 0 })
    say(file, 0, 100)
    expect(backups()).toEqual([])
  })
})

describe('half a line at the end of a file', () => {
  test.each(['{"timesta', '{"timestamp":"2026","metadata":{"n":1}', '{', `{"message":"${'x'.repeat(100_000)}`])(
    'is taken back when it is one of JSON: %#',
    (half) => {
      writeFileSync(path, `${LINE}${half}`)
      say(open({ maxBytes: 0 }), 7)
      expect(textOf('shop.jsonl')).toBe(LINE + '7'.padEnd(99, '.') + '\n')
    },
  )

  test.each(['text of somebody', '{"whole":true}'])('is ended when it is anything else: %s', (text) => {
    writeFileSync(path, LINE + text)
    say(open(), 7)
    expect(textOf('shop.jsonl')).toBe(`${LINE}${text}\n${'7'.padEnd(99, '.')}\n`)
  })
})

describe('what is no file', () => {
  test('is written to and never rotated', () => {
    path = '/dev/null'
    say(open(), 0, 100)
    expect(failures).toEqual([])
    expect(statSync(path).isCharacterDevice()).toBe(true)
  })

  test('such as a pipe that nobody reads is not waited for', () => {
    expect(spawnSync('mkfifo', [path]).status).toBe(0)
    expect(open().append(Buffer.from(LINE))).toMatchObject({ lines: Buffer.from(LINE), error: { code: 'ENXIO' } })
  })
})

describe('backups', () => {
  test('are compressed once nobody can write to them any more, and keep their time', async () => {
    const file = open()
    say(file, 0, 11)
    const [plain = ''] = backups()
    const { mtimeMs } = statSync(join(directory, plain))
    vi.advanceTimersByTime(2_900)
    await file.tidy()
    expect(backups()).toEqual([plain])
    vi.advanceTimersByTime(100)
    await file.tidy()
    expect(backups()).toEqual([`${plain}.gz`])
    expect(numbersOf(`${plain}.gz`)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(statSync(join(directory, `${plain}.gz`)).mtimeMs).toBeCloseTo(mtimeMs, -1)
    expect(failures).toEqual([])
  })

  test('are as many as are kept, the newest ones, also while nothing else of the program runs', () => {
    say(open(), 0, 100)
    expect(backups().flatMap(numbersOf)).toEqual(Array.from({ length: 50 }, (_, n) => 40 + n))
  })

  test('are in order when the clock is set back', async () => {
    const file = open({ backupCount: 3 })
    say(file, 0, 31)
    vi.setSystemTime(Date.now() - 365 * DAY_MILLIS)
    say(file, 31, 10)
    vi.advanceTimersByTime(3_000)
    await file.tidy()
    expect(
      backups()
        .map(numbersOf)
        .map(([first]) => first),
    ).toEqual([10, 20, 30])
  })

  test('are removed when they are too old; what is of the future stays', async () => {
    left('shop.jsonl.20250101T000000000Z.gz', gzipSync('old'), 31)
    const young = left('shop.jsonl.20250101T000000001Z.gz', gzipSync('young'), 29)
    const future = left('shop.jsonl.20990101T000000000Z.gz', gzipSync('future'), -10_000)
    await open().tidy()
    expect(backups()).toEqual([young, future])
  })

  test('are not removed by a clock that is set a year ahead', async () => {
    const young = left('shop.jsonl.20250101T000000001Z.gz', gzipSync('young'), 1)
    const file = open()
    vi.setSystemTime(Date.now() + 365 * DAY_MILLIS)
    await file.tidy()
    expect(backups()).toEqual([young])
  })

  test('leave alone what has another name', async () => {
    const others = [
      'shop.jsonl.bak',
      'shop.jsonl.1',
      'shop.jsonl.20250101T000000000Z.zip',
      'workshop.jsonl.20250101T000000000Z',
    ]
    for (const name of others) left(name, 'x', 1_000)
    await open().tidy()
    expect(backups().toSorted()).toEqual(others.toSorted())
  })
})

describe('what a process left behind that died', () => {
  async function tidyLater(file: RotatingFile): Promise<void> {
    await file.tidy()
    vi.advanceTimersByTime(10_000)
    await file.tidy()
  }

  test('before it compressed a backup, or while it did, is compressed', async () => {
    const [plain, half] = ['shop.jsonl.20250101T000000000Z', 'shop.jsonl.20250101T000000001Z']
    left(plain, '1\n')
    left(half, '2\n')
    const { pid } = spawnSync('true')
    left(`${half}.gz.${pid}.part`, 'half')
    const file = open()
    await file.tidy()
    await tidyLater(file)
    expect(backups()).toEqual([`${plain}.gz`, `${half}.gz`])
    expect(backups().map(numbersOf)).toEqual([[1], [2]])
  })

  test('after it compressed a backup and before it removed the plain one is removed', async () => {
    const plain = left('shop.jsonl.20250101T000000000Z', '1\n')
    left(`${plain}.gz`, gzipSync('1\n'))
    await tidyLater(open())
    expect(backups()).toEqual([`${plain}.gz`])
  })

  test('before it moved the file to its backup is removed', async () => {
    left('shop.jsonl.20250101T000000000Z', '')
    await tidyLater(open())
    expect(backups()).toEqual([])
  })

  test.each([
    ['', 10_000],
    [String(process.pid), 10_000],
    [String(spawnSync('true').pid), 0],
  ])('while it moved the file, holding the lock (%j), holds nobody up for long', (holder, millis) => {
    left('shop.jsonl.lock', holder)
    const file = open()
    say(file, 0, millis === 0 ? 10 : 15)
    expect(backups()).toEqual(['shop.jsonl.lock'])
    vi.advanceTimersByTime(millis)
    say(file, 15)
    expect(backups()).toHaveLength(1)
    expect(backups()[0]).toMatch(/Z$/)
  })

  test('is not touched while another process compresses it', async () => {
    const plain = left('shop.jsonl.20250101T000000000Z', '1\n')
    const part = left(`${plain}.gz.${process.ppid}.part`, 'half')
    await tidyLater(open())
    expect(backups()).toEqual([plain, part])
  })
})
