import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { tooOld } from '../../src/cli/oldest-node.ts'
import { grpcCall, rawCall } from '../server/grpc-calls.ts'
import { protobufLogs } from '../server/protobuf-logs.ts'

const MAIN = new URL('../../dist/src/cli/main.js', import.meta.url).pathname

describe('the command line', () => {
  let folder: string
  let running: ChildProcess[]
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'clew-cli-'))
    running = []
  })
  afterEach(() => {
    for (const child of running) child.kill('SIGKILL')
    rmSync(folder, { recursive: true })
  })

  const start = (arguments_: string[], environment: Record<string, string> = {}) => {
    const child = spawn(process.execPath, [MAIN, ...arguments_], {
      cwd: folder,
      env: { ...process.env, ...environment },
    })
    running.push(child)
    const output = { out: '', error: '' }
    child.stdout.on('data', (chunk) => (output.out += String(chunk)))
    child.stderr.on('data', (chunk) => (output.error += String(chunk)))
    const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...output }))
    const ready = async (): Promise<{ viewer: string; otlp: string; grpc: string | undefined }> => {
      while (!output.out.includes('Ctrl+C'))
        await Promise.race([once(child.stdout, 'data'), ended.then((end) => Promise.reject(new Error(end.error)))])
      const [viewer, otlp, grpc] = [...output.out.matchAll(/http:\/\/127\.0\.0\.1:\d+/g)].map((match) => match[0])
      return { viewer: viewer as string, otlp: otlp as string, grpc }
    }
    return { child, ended, ready, output }
  }

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'up starts a server, says where, and ends cleanly on %s',
    async (signal) => {
      const up = start(['up', '--port', '0', '--otlp-port', '0'], { CLEW_HOME: join(folder, 'home') })
      const { viewer, otlp } = await up.ready()
      const body = JSON.stringify({
        resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'hello' } }] }] }],
      })
      expect(
        (await fetch(`${otlp}/v1/logs`, { method: 'POST', headers: { 'content-type': 'application/json' }, body }))
          .status,
      ).toBe(200)
      const health = (await (await fetch(`${viewer}/api/v1/logs/health`)).json()) as { store: object }
      expect(health.store).toMatchObject({ logs: 1, path: join(folder, 'home', 'store.db') })
      up.child.kill(signal)
      const { code, out, error } = await up.ended
      expect([code, error]).toEqual([0, ''])
      expect(out).toContain(`${signal}: stopping`)
      expect(out).not.toContain('\u001b')
    },
  )

  test('up says which port is taken and how to choose another', async () => {
    const first = start(['up', '--port', '0', '--otlp-port', '0', '--data', 'a'])
    const port = new URL((await first.ready()).otlp).port
    const second = await start(['up', '--port', '0', '--otlp-port', port, '--data', 'b']).ended
    expect(second).toEqual({
      code: 1,
      out: '',
      error: `clew: OTLP port ${port} on 127.0.0.1: it is in use; stop what uses it, or choose another port (0 = any free one)\nAnother port: clew up --otlp-port <port>\n`,
    })
  })

  test('up takes gRPC, at a port of one’s choice or not at all', async () => {
    const first = start(['up', '--port', '0', '--otlp-port', '0', '--grpc-port', '0', '--data', 'a'])
    const { grpc } = await first.ready()
    const { port } = new URL(grpc as string)
    expect(first.output.out).toContain(
      `gRPC    http://127.0.0.1:${port}  (the same, with OTEL_EXPORTER_OTLP_PROTOCOL=grpc)`,
    )
    expect(await grpcCall(`127.0.0.1:${port}`, await protobufLogs('by gRPC'))).toEqual(Buffer.alloc(0))
    await rawCall(Number(port), { 'grpc-timeout': '\u00e9' }, Buffer.alloc(5))

    const second = await start(['up', '--port', '0', '--otlp-port', '0', '--grpc-port', port, '--data', 'b']).ended
    expect(second).toEqual({
      code: 1,
      out: '',
      error: `clew: gRPC port ${port} on 127.0.0.1: it is in use; stop what uses it, or choose another port (0 = any free one)\nAnother port: clew up --grpc-port <port>; without gRPC: --grpc-port off\n`,
    })
    const without = start(['up', '--port', '0', '--otlp-port', '0', '--grpc-port', 'off', '--data', 'c'])
    expect((await without.ready()).grpc).toBeUndefined()

    first.child.kill('SIGTERM')
    expect(await first.ended).toMatchObject({ code: 0, error: '' })
  })

  test('under a Node that is too old, says which one is needed and how to get it', () => {
    expect(tooOld('26.1.0')).toBeUndefined()
    expect(tooOld('22.16.0')).toBeUndefined()
    expect(tooOld('22.15.1')).toMatch(/found Node 22\.15\.1, needs 22\.16 or newer.*npm install node@26/)
    expect(tooOld('20.20.2')).toContain('found Node 20.20.2')
  })

  test('up refuses a file that is not its store', async () => {
    writeFileSync(join(folder, 'store.db'), 'precious '.repeat(50))
    const { code, error } = await start(['up', '--port', '0', '--otlp-port', '0', '--data', '.']).ended
    expect(code).toBe(1)
    expect(error).toBe(
      "clew: can't use the store store.db: it is not a SQLite database; move the file away or choose another folder\nAnother folder: clew up --data <folder>\n",
    )
  })

  test.each([
    [['upp'], /unknown command 'upp'\n\(Did you mean up\?\)/],
    [['up', '--prot', '1'], /unknown option '--prot'\n\(Did you mean --port\?\)/],
    [['up', '--port', '70000'], /Found 70000, allowed: 0 to 65535/],
    [['up', '--grpc-port', 'none'], /Found none, allowed: 0 to 65535 \(0 = any free port\), or off/],
  ])('refuses %j and helps', async (arguments_, message) => {
    const { code, error } = await start(arguments_).ended
    expect(code).toBe(1)
    expect(error).toMatch(message)
  })

  test('says what there is and which version it is', async () => {
    expect(await start(['--help']).ended).toMatchObject({ code: 0, out: expect.stringContaining('up [options]') })
    expect(await start(['--version']).ended).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
  })
})
