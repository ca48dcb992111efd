import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { LevelFile } from '../src/logging/level-file.ts'
import { startReceiver, type OtlpReceiver } from './support/otlp-receiver.ts'
import { startProgram, type Program } from './support/program.ts'
import { until } from './support/until.ts'

let receiver: OtlpReceiver
let folder: string
let file: string
let program: Program | undefined
beforeEach(async () => {
  receiver = await startReceiver()
  folder = mkdtempSync(join(tmpdir(), 'clew-levels-'))
  file = join(folder, 'levels')
})
afterEach(async () => {
  program?.child.kill('SIGKILL')
  await program?.ended
  await receiver.close()
  rmSync(folder, { recursive: true, force: true })
})

/** A program that says a record at DEBUG, by `orders`, every few milliseconds. */
const start = (variables: Record<string, string>, args: readonly string[] = []): Program =>
  (program = startProgram('test/fixtures/talker.mjs', args, {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    CLEW_HOME: join(folder, 'home'),
    ENVIRONMENT: 'test',
    LOG_LEVEL: 'info',
    ...variables,
  }))

interface Change {
  readonly level: unknown
  readonly component: unknown
  readonly by: unknown
  readonly body: unknown
}
const changes = (): Change[] =>
  receiver.logs
    .filter(({ eventName }) => eventName === 'clew.level.changed')
    .map(({ body, attributes }) => ({
      body,
      level: attributes['clew.level'],
      component: attributes['clew.level.component'],
      by: attributes['clew.level.changed_by'],
    }))
const said = (body: string): number => receiver.logs.filter((record) => record.body === body).length
const isTold = (count: number): Promise<void> => until(`${count} changes`, () => changes().length >= count)
const isReady = (): Promise<void> => until('the program is ready', () => said('ready') > 0)
/** What was said before the change may still be on its way. */
const isQuiet = async (): Promise<void> => {
  const more = async (): Promise<void> => {
    const tocks = said('tock')
    await until('more records', () => said('tock') > tocks + 10)
  }
  await more()
  const ticks = said('tick')
  await more()
  expect(said('tick')).toBe(ticks)
}
const debug = (by: string, body = 'level changed'): Change => ({ body, level: 'DEBUG', component: undefined, by })

describe('a file of levels', () => {
  test('holds from the first record on, while it changes, and until it is gone', async () => {
    writeFileSync(file, 'debug')
    start({ CLEW_LEVEL_FILE: file })
    await until('records at DEBUG', () => said('tick') > 0)
    await isTold(1)
    expect(changes()).toEqual([debug('file')])
    writeFileSync(`${file}.new`, 'orders=trace for 1h where user.id=42')
    renameSync(`${file}.new`, file)
    await isTold(3)
    await until('records at TRACE', () => said('trace of 42') > 0)
    await isQuiet()
    unlinkSync(file)
    await isTold(4)
    expect(changes().slice(1)).toEqual([
      debug('file', 'level changed back'),
      { body: 'level changed', level: 'TRACE', component: 'orders', by: 'file' },
      { body: 'level changed back', level: 'TRACE', component: 'orders', by: 'file' },
    ])
  })

  test('may come later, by a link to a folder that is exchanged as Kubernetes does', async () => {
    file = join(folder, 'config', 'levels')
    start({ CLEW_LEVEL_FILE: file })
    await isReady()
    for (const [name, text] of [
      ['one', 'info'],
      ['two', 'debug'],
    ] as const) {
      mkdirSync(join(folder, name))
      writeFileSync(join(folder, name, 'levels'), text)
    }
    mkdirSync(join(folder, 'config'))
    symlinkSync('../data/levels', file)
    symlinkSync('one', join(folder, 'data'))
    await isTold(1)
    symlinkSync('two', join(folder, 'data.new'))
    renameSync(join(folder, 'data.new'), join(folder, 'data'))
    await until('records at DEBUG', () => said('tick') > 0)
    await isTold(3)
    expect(changes().map(({ body, level }) => [body, level])).toEqual([
      ['level changed', 'INFO'],
      ['level changed back', 'INFO'],
      ['level changed', 'DEBUG'],
    ])
  })

  test('that is wrong changes nothing, and is told', async () => {
    writeFileSync(file, 'debug')
    const { child, ended } = start({ CLEW_LEVEL_FILE: file })
    await until('records at DEBUG', () => said('tick') > 0)
    let stderr = ''
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    writeFileSync(`${file}.new`, 'debug\norders=loud')
    renameSync(`${file}.new`, file)
    await until('a note', () => stderr.endsWith('\n'))
    expect(stderr).toMatch(
      /^clew: .*levels: found line 2: "orders=loud"; allowed: levels as in LOG_LEVEL .*; the levels stay as they are \[level_file\]\n$/,
    )
    const ticks = said('tick')
    await until('more records at DEBUG', () => said('tick') > ticks)
    child.kill('SIGTERM')
    await ended
    expect(changes()).toEqual([debug('file')])
  })

  test.each([
    ['a folder', (path: string) => mkdirSync(path), 'found something else than a file; allowed: a file with text'],
    ['a named pipe', (path: string) => execFileSync('mkfifo', [path]), 'found something else than a file'],
    ['huge', (path: string) => writeFileSync(path, '#'.repeat(70_000)), 'found more than 65536 bytes'],
    ['a link to itself', (path: string) => symlinkSync(path, path), 'ELOOP'],
  ])('that is %s is told', (_, make, note) => {
    make(file)
    const notes: string[] = []
    new LevelFile(file, (message) => notes.push(message)).stop()
    expect(notes).toEqual([expect.stringContaining(note)])
  })

  test('keeps no process alive', async () => {
    const { ended } = start({ CLEW_LEVEL_FILE: file, CLEW_LEVEL_SIGNAL: 'SIGUSR2' }, ['short'])
    expect(await ended).toMatchObject({ code: 0, signal: null, stderr: '' })
  })
})

describe('a signal', () => {
  test('brings DEBUG for a while, and the next one takes it back; listeners of the program stay', async () => {
    const { child } = start({ CLEW_LEVEL_SIGNAL: 'sigusr2', LOG_LEVEL: 'info,carts=trace' })
    await isReady()
    child.kill('SIGUSR2')
    await until('records at DEBUG', () => said('tick') > 0)
    expect(said('trace of carts')).toBeGreaterThan(0)
    child.kill('SIGUSR2')
    await isTold(2)
    await isQuiet()
    child.kill('SIGUSR2')
    await isTold(3)
    expect(changes()).toEqual([debug('signal'), debug('signal', 'level changed back'), debug('signal')])
    await until('the listener of the program', () => said('the program heard it') === 3)
  })

  test('brings it for as long as is set', async () => {
    const { child } = start({}, ['500'])
    await isReady()
    child.kill('SIGCONT')
    await isTold(2)
    await isQuiet()
    child.kill('SIGCONT')
    await isTold(3)
    expect(changes()).toEqual([debug('signal'), debug('time', 'level changed back'), debug('signal')])
  })

  test('of another name is not taken, and told', async () => {
    const { ended } = start({ CLEW_LEVEL_SIGNAL: 'SIGUSR1' }, ['short'])
    expect((await ended).stderr).toContain(
      'CLEW_LEVEL_SIGNAL: found "SIGUSR1"; allowed: SIGUSR2, SIGCONT, SIGWINCH; the default is used',
    )
  })
})

test('what nobody asked for is not loaded', async () => {
  const { ended } = start({}, ['loaded'])
  const names = [...(await ended).stdout.matchAll(/logging\/(level[\w-]*)\.js/g)].map((match) => match[1])
  expect(names.toSorted()).toEqual(['level', 'level-changes', 'level-control', 'level-list', 'level-signal-names'])
})
