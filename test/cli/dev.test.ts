import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startTestServer } from '../server/test-server.ts'
import { until } from '../support/until.ts'
import { ask, hasTerminal, startDev, type DevProcess, type DevStart } from './dev-process.ts'

const ROOT = join(import.meta.dirname, '../..')
const FREE = ['--port', '0', '--otlp-port', '0']

let folder: string
let started: DevProcess[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clew-dev-'))
  started = []
})
afterEach(async () => {
  for (const { child, ended } of started) {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    await ended
  }
  rmSync(folder, { recursive: true })
})

const dev = (arguments_: readonly string[], start: Omit<DevStart, 'cwd'> = {}): DevProcess => {
  const process = startDev(['dev', ...arguments_], { cwd: folder, ...start })
  started.push(process)
  return process
}

const program = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return name
}

describe('the program', () => {
  test('has its own streams, arguments and exit code', async () => {
    const echo = program(
      'echo.mjs',
      `process.stdin.pipe(process.stdout).on('unpipe', () => {
      console.log(process.argv.slice(2).join(' '))
      process.exitCode = 7
    })`,
    )
    const end = await dev([...FREE, '--', 'node', echo, '--port', 'x y'], { input: 'from stdin\n' }).ended
    expect(end).toMatchObject({ code: 7, signal: null, out: 'from stdin\n--port x y\n' })
    expect(end.error).toMatch(/^clew: viewer http:\/\/127\.0\.0\.1:\d+\n$/)
  })

  test('need not stand behind two dashes', async () => {
    const { code, out } = await dev([...FREE, 'node', '--eval', 'console.log(1)', '--', '--keep']).ended
    expect([code, out]).toEqual([0, '1\n'])
  })

  test('ends the command as a signal ended it', async () => {
    const { code, signal } = await dev([...FREE, '--', 'node', '-e', 'process.kill(process.pid, "SIGKILL")']).ended
    expect([code, signal]).toEqual([null, 'SIGKILL'])
  })

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('gets %s and may end as it likes', async (signal) => {
    const file = program(
      'polite.mjs',
      `process.on('${signal}', () => { console.log('bye'); process.exit(3) })
      setInterval(() => {}, 1000)
      console.log('ready')`,
    )
    const { child, ended, output } = dev([...FREE, '--', 'node', file])
    await until('the program', () => output.out.includes('ready'))
    child.kill(signal)
    expect(await ended).toMatchObject({ code: 3, signal: null, out: 'ready\nbye\n' })
  })

  test.runIf(hasTerminal())('gets Ctrl+C in a terminal once', async () => {
    const file = program(
      'count.mjs',
      `let count = 0
      process.on('SIGINT', () => { if (++count === 1) setTimeout(() => { console.log('interrupted ' + count); process.exit(4) }, 300) })
      setInterval(() => {}, 1000)
      console.log('ready')`,
    )
    const { child, ended, output } = dev([...FREE, '--', 'node', file], { inTerminal: true })
    await until(`the program in ${JSON.stringify(output)}`, () => output.out.includes('ready'))
    child.stdin?.write('\u0003')
    expect(await ended).toMatchObject({ code: 4, out: expect.stringContaining('interrupted 1') })
  })
})

describe('the environment of the program', () => {
  const SHOW = `import { maxHeaderSize } from 'node:http'
    const { NODE_OPTIONS, OTEL_EXPORTER_OTLP_ENDPOINT, CLEW_HOME } = process.env
    console.log(JSON.stringify({ NODE_OPTIONS, OTEL_EXPORTER_OTLP_ENDPOINT, CLEW_HOME, maxHeaderSize }))`
  const register = pathToFileURL(join(ROOT, 'dist/src/register.js')).href

  test('leads its telemetry to the server, and its state beside the store', async () => {
    const server = await startTestServer()
    try {
      const command = dev([
        '--port',
        String(server.server.port),
        '--data',
        'state',
        '--',
        'node',
        program('show.mjs', SHOW),
      ])
      const { out, error } = await command.ended
      expect(JSON.parse(out)).toEqual({
        NODE_OPTIONS: `--import=${register}`,
        OTEL_EXPORTER_OTLP_ENDPOINT: server.server.urls.otlp,
        CLEW_HOME: join(realpathSync(folder), 'state'),
        maxHeaderSize: 16_384,
      })
      expect(error).toBe(`clew: viewer ${server.server.urls.viewer}\n`)
    } finally {
      await server.stop()
    }
  })

  test('keeps what the user set', async () => {
    const environment = {
      NODE_OPTIONS: '--max-http-header-size=9999',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
      CLEW_HOME: join(folder, 'home'),
    }
    const { out, error } = await dev([...FREE, '--', 'node', program('show.mjs', SHOW)], { environment }).ended
    expect(JSON.parse(out)).toEqual({
      ...environment,
      NODE_OPTIONS: `--max-http-header-size=9999 --import=${register}`,
      maxHeaderSize: 9_999,
    })
    expect(error).toContain(
      'clew: OTEL_EXPORTER_OTLP_ENDPOINT is set: telemetry goes there, and the viewer shows none of it',
    )
  })

  test('may lead its telemetry to the server by gRPC', async () => {
    const server = await startTestServer()
    const { port, urls } = server.server
    try {
      const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: urls.grpc ?? '', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }
      const file = program('say.mjs', "console.log('said by gRPC')")
      const { code, error } = await dev(['--port', String(port), '--', 'node', file], { environment }).ended
      expect([code, error]).toEqual([0, `clew: viewer ${urls.viewer}\n`])
      expect((await server.get('/logs/search?q=said')).body.records).toMatchObject([{ message: 'said by gRPC' }])
    } finally {
      await server.stop()
    }
  })

  test("says that OpenTelemetry's configuration file decides where telemetry goes", async () => {
    writeFileSync(join(folder, 'otel.yaml'), "file_format: '1.0'\n")
    const environment = { OTEL_CONFIG_FILE: join(folder, 'otel.yaml') }
    const { code, error } = await dev([...FREE, '--', 'node', program('show.mjs', SHOW)], { environment }).ended
    expect([code, error]).toEqual([0, expect.stringContaining('clew: OTEL_CONFIG_FILE is set: telemetry goes where')])
  })
})

describe('the server', () => {
  test('that runs already is used, and stays', async () => {
    const server = await startTestServer()
    try {
      const file = program('fetch.mjs', `await fetch('${server.api}/logs/health').then((answer) => answer.text())`)
      program('package.json', '{ "name": "caller", "type": "module" }')
      const command = dev(['--port', String(server.server.port), '--keep', '--', 'node', file])
      expect(await command.ended).toMatchObject({ code: 0 })
      await until('the span', async () => (await server.get('/traces?service=caller')).body.traces.length === 1)
    } finally {
      await server.stop()
    }
  })

  test('of our own ends with the program; with --keep it stays until it is stopped', async () => {
    const file = program('fetch.mjs', `await fetch(process.env.OTEL_EXPORTER_OTLP_ENDPOINT).catch(() => {})`)
    const command = dev([...FREE, '--keep', '--', 'node', file])
    const viewer = await command.viewer()
    await until('the end of the program', () => command.output.error.includes('the viewer stays until Ctrl+C'))
    expect((await fetch(viewer)).status).toBe(200)
    const { traces } = await ask<{ traces: object[] }>(viewer, '/traces')
    expect(traces).toHaveLength(1)
    command.child.kill('SIGINT')
    expect(await command.ended).toMatchObject({ code: 0, signal: null })
    await expect(fetch(viewer)).rejects.toThrow('fetch failed')
  })

  test('does not stay after the command was told to terminate, nor for a program that never ran', async () => {
    const file = program('wait.mjs', "console.log('ready'); setInterval(() => {}, 1000)")
    const { child, ended, output } = dev([...FREE, '--keep', '--', 'node', file])
    await until('the program', () => output.out.includes('ready'))
    child.kill('SIGTERM')
    expect(await ended).toMatchObject({ code: null, signal: 'SIGTERM' })
    expect(await dev([...FREE, '--keep', '--', 'nosuchcommand']).ended).toMatchObject({ code: 127 })
  })

  test('that can not be had is complained of, with the cure', async () => {
    const other = createServer((_request, response) => response.end('{}'))
    await once(other.listen(0, '127.0.0.1'), 'listening')
    const { port } = other.address() as AddressInfo
    try {
      const end = await dev(['--port', String(port), '--otlp-port', '0', '--', 'node', '-e', '1']).ended
      expect(end).toEqual({
        code: 1,
        signal: null,
        out: '',
        error: `clew: viewer port ${port} on 127.0.0.1: it is in use; stop what uses it, or choose another port (0 = any free one)\nAnother port: clew dev --port <port>\n`,
      })
    } finally {
      other.close()
      other.closeAllConnections()
    }
  })
})

test.each([
  [['nosuchcommand'], 127, 'clew: no command nosuchcommand was found\nOne of the project'],
  [
    ['./package.json'],
    126,
    "clew: ./package.json can't be run: spawn ./package.json EACCES\nA file of Node's: clew dev -- node ./package.json\n",
  ],
])('what can not be run (%j) is complained of, with the cure', async (command, code, message) => {
  program('package.json', '{}')
  const end = await dev([...FREE, '--', ...command]).ended
  expect([end.code, end.error]).toEqual([code, expect.stringContaining(message)])
})

test('without a command the help is near', async () => {
  expect(await dev([]).ended).toMatchObject({
    code: 1,
    error: expect.stringContaining("missing required argument 'command'"),
  })
  expect(await dev(['--help']).ended).toMatchObject({ code: 0, out: expect.stringContaining('clew dev -- npm start') })
})

describe.runIf(process.platform === 'linux')('--open', () => {
  test.each([
    ['opens the viewer in the browser', undefined, true],
    ['does nothing where CI is set', 'true', false],
  ])('%s', async (_what, CI, opened) => {
    const bin = join(folder, 'bin')
    mkdirSync(bin)
    writeFileSync(
      join(bin, 'xdg-open'),
      `#!/bin/sh\necho "$1" > '${folder}/opened.tmp' && mv '${folder}/opened.tmp' '${folder}/opened'\n`,
    )
    chmodSync(join(bin, 'xdg-open'), 0o755)
    const environment = { PATH: `${bin}${delimiter}${String(process.env['PATH'])}`, CI }
    const command = dev([...FREE, '--open', '--', 'node', '-e', 'setTimeout(() => {}, 300)'], { environment })
    const viewer = await command.viewer()
    await command.ended
    if (opened) await until('the browser', () => existsSync(join(folder, 'opened')))
    expect(existsSync(join(folder, 'opened')) && readFileSync(join(folder, 'opened'), 'utf8').trim()).toBe(
      opened && viewer,
    )
  })
})
