import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DeadLetters } from '../../src/delivery/dead-letters.ts'
import { decodeLogs } from '../../src/otlp/decode-request.ts'
import type { TelemetryRoad } from '../../src/telemetry-road.ts'
import { startReceiver, type OtlpReceiver } from '../support/otlp-receiver.ts'
import { numbers, openRoad, say } from '../support/road.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'clew-dead-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const files = (): string[] => readdirSync(directory).filter((file) => file.startsWith('dead-letter-'))
const linesOf = (file: string): string[] => readFileSync(join(directory, file), 'utf8').trimEnd().split('\n')

/** The lines of all files, each as what it says of itself and the bodies of the records in it. */
const letters = (): unknown[] =>
  files()
    .flatMap(linesOf)
    .map((line) => ({
      ...(JSON.parse(line) as { clew: object }).clew,
      bodies: decodeLogs(Buffer.from(line), 'json', 0).map(({ body }) => body),
    }))

describe('what a receiver refuses for good', () => {
  let receiver: OtlpReceiver
  let road: TelemetryRoad
  beforeEach(async () => {
    receiver = await startReceiver()
    road = openRoad(receiver.url, directory)
  })
  afterEach(async () => {
    road.exit(1_000)
    await receiver.close()
  })

  test('is kept as a request that can be sent again, with the reason, readable by its owner only', async () => {
    receiver.answer = (_request, body) => ({ status: body.includes('poison') ? 400 : 200 })
    say(road, 20)
    say(road, 1, { first: 20, text: 'poison' })
    expect(await road.flush(false, 5_000)).toBe(true)
    expect(letters()).toEqual([
      { entries: 1, reason: `HTTP 400 at ${receiver.url}/v1/logs`, time: expect.any(String), bodies: [20] },
    ])
    expect(statSync(join(directory, files()[0] as string)).mode & 0o777).toBe(0o600)
    expect(road.status()).toMatchObject({ dropped: { refused: 1 }, deadLetters: { written: 1, removed: 0 } })
    receiver.answer = () => ({ status: 200 })
    receiver.logs.length = 0
    const [line] = linesOf(files()[0] as string)
    expect(decodeLogs(Buffer.from(line as string), 'json', 0)[0]).toMatchObject({
      resource: { service: 'shop' },
      scope: { name: 'orders' },
      attributes: { text: 'poison', 'log.record.uid': 'uid-20' },
    })
  })

  test('is few letters when all of a batch is refused', async () => {
    receiver.answer = () => ({ status: 400 })
    say(road, 100)
    expect(await road.flush(false, 5_000)).toBe(true)
    const all = letters() as { entries: number; bodies: number[] }[]
    expect(all.flatMap(({ bodies }) => bodies).toSorted((a, b) => a - b)).toEqual(numbers(100))
    expect(all.length).toBeLessThan(12)
    expect(all.reduce((total, { entries }) => total + entries, 0)).toBe(100)
    expect(receiver.requests).toBeLessThan(20)
    expect(road.status().dropped['refused']).toBe(100)
  })

  test('is kept when it is a single record that is too large', async () => {
    receiver.answer = (_request, body) => ({ status: body.length > 10_000 ? 413 : 200 })
    say(road, 3)
    say(road, 1, { first: 3, text: 'x'.repeat(20_000) })
    say(road, 3, { first: 4 })
    expect(await road.flush(false, 5_000)).toBe(true)
    expect(letters()).toMatchObject([{ entries: 1, reason: `HTTP 413 at ${receiver.url}/v1/logs`, bodies: [3] }])
    expect(receiver.logs.map(({ body }) => body)).toEqual([0, 1, 2, 4, 5, 6])
  })

  test('is only counted when nothing can be kept on disk', async () => {
    road.exit(1_000)
    road = openRoad(receiver.url, undefined)
    receiver.answer = () => ({ status: 400 })
    say(road, 3)
    expect(await road.flush(false, 5_000)).toBe(true)
    expect([files(), road.status().dropped['refused'], road.status().deadLetters.written]).toEqual([[], 3, 0])
  })
})

describe('dead letters', () => {
  const letter = { signal: 'logs', body: new Uint8Array(), entries: 3, reason: 'no' } as const

  test('that fill their room lose their oldest file, with a count', async () => {
    const removed: [string, number][] = []
    for (let n = 0; n < 5; n++) {
      const line = `{"clew":{"entries":2},"resourceLogs":[]}\n{"clew":{"entries":1}}\n`
      writeFileSync(join(directory, `dead-letter-2026010${n}T000000Z-00.jsonl`), line.padEnd(400, ' '))
    }
    const kept = new DeadLetters(directory, 1_000, (file, entries) => removed.push([file, entries]))
    const file = await kept.keep(letter)
    const old = [0, 1, 2].map((n) => join(directory, `dead-letter-2026010${n}T000000Z-00.jsonl`))
    expect(removed).toEqual(old.map((path) => [path, 3]))
    expect(files().map((name) => join(directory, name))).toEqual([
      join(directory, 'dead-letter-20260103T000000Z-00.jsonl'),
      join(directory, 'dead-letter-20260104T000000Z-00.jsonl'),
      file,
    ])
  })

  test('that can not be read as a request are kept as they are', async () => {
    const body = Buffer.from('0a05', 'hex')
    await new DeadLetters(directory, 1_000, () => {}).keep({ ...letter, body })
    expect(JSON.parse(linesOf(files()[0] as string)[0] as string)).toEqual({
      clew: { entries: 3, reason: 'no', time: expect.any(String), request: 'CgU=' },
    })
  })

  test('that can not be written are answered with no file', async () => {
    writeFileSync(join(directory, 'file'), '')
    expect(await new DeadLetters(join(directory, 'file'), 1_000, () => {}).keep(letter)).toBeUndefined()
  })
})
