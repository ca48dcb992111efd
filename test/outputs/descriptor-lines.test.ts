import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { until } from '../support/until.ts'

const FIXTURE = join(import.meta.dirname, '../fixtures/lines.mjs')

interface Saying {
  readonly child: ChildProcess
  /** What it told of itself, line by line. */
  readonly told: string[]
  readonly code: Promise<number | null>
}

/** Starts the program; nobody reads its stdout before {@link read}. */
function say(args: readonly string[], stdout: 'pipe' | number = 'pipe'): Saying {
  const env = { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', CLEW_LIFECYCLE: 'false' }
  const child = spawn(process.execPath, [FIXTURE, ...args], { env, stdio: ['pipe', stdout, 'pipe'] })
  running.push(child)
  const told: string[] = []
  child.stderr?.on('data', (chunk: Buffer) => told.push(...chunk.toString().split('\n').slice(0, -1)))
  const code = once(child, 'exit').then(([exitCode]) => exitCode as number | null)
  return { child, told, code }
}

const running: ChildProcess[] = []
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
})

async function read({ child }: Saying): Promise<string> {
  let text = ''
  for await (const chunk of child.stdout as NodeJS.ReadableStream) text += (chunk as Buffer).toString()
  return text
}

/** The numbers of the lines, each of which must be whole. */
function numbers(text: string): number[] {
  const lines = text.split('\n').slice(0, -1)
  return lines.map((line) => (JSON.parse(line) as { metadata: { n: number } }).metadata.n)
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n)

describe('lines on a pipe', () => {
  test.each(['burst', 'steadily', 'exit'])('all arrive whole and in order, in the way "%s"', async (way) => {
    const saying = say([way, '20000'])
    expect(numbers(await read(saying))).toEqual(upTo(20_000))
    expect(await saying.code).toBe(way === 'exit' ? 3 : 0)
  })

  test('and what the program writes to the stream stay whole beside each other, each in its order', async () => {
    const all = numbers(await read(say(['beside', '20000'])))
    const lines = all.filter((n) => n % 2 === 1)
    expect(lines).toEqual(upTo(10_000).map((n) => 2 * n + 1))
    expect(all.filter((n) => n % 2 === 0)).toEqual(upTo(10_000).map((n) => 2 * n))
  })

  test('wait for a reader that is slow, and the program does not wait for it', async () => {
    const saying = say(['steadily', '20000', '400'])
    await until('all is said', () => saying.told.length > 0)
    expect(JSON.parse(saying.told[0] as string)).toEqual({ longestMillis: expect.any(Number) })
    expect((JSON.parse(saying.told[0] as string) as { longestMillis: number }).longestMillis).toBeLessThan(1_000)
    expect(numbers(await read(saying))).toEqual(upTo(20_000))
  })

  test('are waited for when the process exits before they are read', async () => {
    const saying = say(['exit', '10000'])
    await until('the process ends', () => saying.told.includes('"exit"'))
    expect(numbers(await read(saying))).toEqual(upTo(10_000))
    expect(await saying.code).toBe(3)
  })

  test('that nobody reads are refused when there are too many, and the program goes on', async () => {
    const saying = say(['steadily', '100000', '400'])
    await until('all is said', () => saying.told.some((line) => line.includes('longestMillis')))
    expect(saying.told[0]).toContain('nobody reads what is written [output.console]')
    const all = numbers(await read(saying))
    expect(all.length).toBeGreaterThan(16_000_000 / 700)
    expect(all).toEqual([...new Set(all)].toSorted((a, b) => a - b))
    await saying.code
    expect(saying.told.at(-1)).toContain(`${100_000 - all.length} lines were left out: Error: nobody reads`)
  })

  test('that nobody reads do not keep the process from ending', async () => {
    const saying = say(['exit', '10000'])
    expect(await saying.code).toBe(3)
    expect(saying.told.at(-1)).toMatch(/\d+ lines were left out: Error: nobody reads what is written \[left_out\]$/)
  })

  test('whose reader is gone do not end the program', async () => {
    const saying = say(['closed'])
    await once(saying.child.stdout as NodeJS.ReadableStream, 'readable')
    saying.child.stdout?.destroy()
    await until('the program notices', () => saying.told.some((line) => line.includes('EPIPE')))
    saying.child.stdin?.end()
    expect(await saying.code).toBe(0)
    expect(saying.told.at(-1)).toMatch(/lines were left out: Error: EPIPE/)
  })

  test('of ERROR and above take with them all that was said before, even if the process is killed', async () => {
    expect(numbers(await read(say(['killed', '100'])))).toEqual(upTo(101))
  })
})

test('a program that catches what is written to stdout catches the lines', async () => {
  const saying = say(['caught', '100'])
  expect(await read(saying)).toBe('')
  expect(saying.told.at(-1)).toBe('100')
})

test('lines in a file are whole and in order', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'clew-'))
  const file = join(directory, 'out')
  const descriptor = openSync(file, 'w')
  await say(['burst', '10000'], descriptor).code
  closeSync(descriptor)
  expect(numbers(readFileSync(file, 'utf8'))).toEqual(upTo(10_000))
  rmSync(directory, { recursive: true })
})
