import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startGrpcReceiver } from '../support/grpc-receiver.ts'
import { startReceiver, type OtlpReceiver } from '../support/otlp-receiver.ts'
import { startProgram } from '../support/program.ts'
import { hasTerminal, MAIN } from './dev-process.ts'
import { diagnose, findingsOf, runDoctor, type Diagnosis } from './doctor-run.ts'

let folder: string
let receiver: OtlpReceiver
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clew-doctor-'))
  receiver = await startReceiver()
})
afterEach(async () => {
  await receiver.close()
  await rm(folder, { recursive: true, force: true })
})

const here = (variables: Record<string, string> = {}) =>
  diagnose({ cwd: folder, environment: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...variables } })

const settingOf = ({ settings }: Diagnosis, path: string): unknown => {
  const { value, origin, from } = settings.find((setting) => setting.path === path) ?? {}
  return [value, origin, from]
}

async function put(path: string, content: unknown): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true })
  await writeFile(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content))
}

describe('settings', () => {
  test('are those of a program started here, each with its origin', async () => {
    await put('package.json', { name: 'shop', version: '1.2.3' })
    const found = await here({ LOG_LEVEL: 'warn', NODE_ENV: 'staging' })
    expect([found.code, found.ok, found.directory]).toEqual([0, true, folder])
    expect(settingOf(found, 'service')).toEqual(['shop', 'default', undefined])
    expect(settingOf(found, 'level')).toEqual(['warn', 'environment', 'LOG_LEVEL'])
    expect(settingOf(found, 'environment')).toEqual(['staging', 'environment', 'NODE_ENV'])
    expect(settingOf(found, 'otlp.endpoint')).toEqual([receiver.url, 'environment', 'OTEL_EXPORTER_OTLP_ENDPOINT'])
    expect(settingOf(found, 'slowMillis')).toEqual(['1000', 'default', undefined])
  })

  test('that are wrong are told of, and those that are missing', async () => {
    const found = await diagnose({ cwd: folder, environment: { NODE_ENV: 'production', LOG_LEVEL: 'loud' } })
    expect([found.code, findingsOf(found, 'settings')]).toEqual([
      0,
      [
        expect.stringMatching(/^warning: LOG_LEVEL: found "loud"; allowed: TRACE, .*until then its default is used$/),
        'warning: nothing is sent to a collector: set OTEL_EXPORTER_OTLP_ENDPOINT, or init({ otlp: { endpoint } })',
      ],
    ])
  })

  test('of a declarative file are told with its lines; what it leaves out, and what it takes the place of', async () => {
    const path = join(folder, 'otel.yaml')
    const file = `file_format: '1.0'\nlogger_provider:\n  processors: [{ batch: { schedule_delay: 1, exporter: { otlp_http: { endpoint: '${receiver.url}/v1/logs' } } } }]\n`
    await writeFile(path, file)
    const found = await here({ OTEL_CONFIG_FILE: path, OTEL_SERVICE_NAME: 'ignored' })
    expect(settingOf(found, 'otlp.logs.endpoint')).toEqual([`${receiver.url}/v1/logs`, 'file', `${path}, line 3`])
    expect(found.checks.filter(({ subject }) => ['logs', 'traces'].includes(subject)).length).toBe(1)
    expect([found.code, findingsOf(found, 'OTEL_CONFIG_FILE')]).toEqual([
      0,
      [
        `ok: ${path} can be used`,
        expect.stringMatching(/^warning: logger_provider\.processors\[0\]\.batch\.schedule_delay \(line 3\): not used/),
        'warning: OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SERVICE_NAME: not read, since the file takes the place of all OTEL_ variables',
      ],
    ])
  })

  test('of a file that is broken fail, and the rest is looked at without it', async () => {
    await put('otel.yaml', 'file_format: [')
    const found = await here({ OTEL_CONFIG_FILE: join(folder, 'otel.yaml') })
    expect([found.code, findingsOf(found, 'settings')]).toEqual([
      1,
      [
        expect.stringMatching(
          /^failure: .*otel\.yaml, line 1: found no YAML: .*put it right: init\(\) throws until then$/,
        ),
      ],
    ])
    expect(findingsOf(found, 'home')).toEqual([expect.stringMatching(/^ok: /)])
  })
})

describe('the home', () => {
  test('can be made, or written; with its room', async () => {
    expect(findingsOf(await here(), 'home')).toEqual([
      expect.stringMatching(/^ok: .*\/\.clew can be made; \d+ MiB free, the spool may take 512 MiB$/),
    ])
    await mkdir(join(folder, '.clew'))
    expect(findingsOf(await here(), 'home')).toEqual([expect.stringMatching(/^ok: .*\/\.clew can be written; /)])
    expect(await readdir(join(folder, '.clew'))).toEqual([])
  })

  test('that is a file, or below one, fails', async () => {
    await put('taken', 'a file')
    for (const home of ['taken', 'taken/below']) {
      const found = await here({ CLEW_HOME: join(folder, home) })
      expect([found.code, findingsOf(found, 'home')]).toEqual([
        1,
        [
          expect.stringMatching(
            /^failure: .*taken.*: .*taken is a file: .*CLEW_HOME, or init\(\{ home \}\), names another/,
          ),
        ],
      ])
    }
  })

  test('that only others can write fails', async () => {
    await mkdir(join(folder, 'home'), { mode: 0o555 })
    const nobody = process.getuid?.() === 0 ? { uid: 65_534 } : {}
    await chmod(folder, 0o755)
    const environment = { CLEW_HOME: join(folder, 'home') }
    const found = await diagnose({ cwd: folder, environment, ...nobody })
    expect([found.code, findingsOf(found, 'home')]).toEqual([
      1,
      [expect.stringMatching(/^failure: .*home can't be written \(EACCES\)/)],
    ])
  })
})

describe('the spool', () => {
  const environment = (service: string) => ({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
    CLEW_HOME: join(folder, '.clew'),
    OTEL_SERVICE_NAME: service,
  })
  const start = async (service: string) => {
    const program = startProgram('test/fixtures/service.mjs', ['30', 'stay'], environment(service))
    await new Promise((resolve) => program.child.stdout?.once('data', resolve))
    return program
  }
  const filesIn = async (directory: string) =>
    Promise.all(
      (await readdir(directory)).toSorted().map(async (name) => {
        const { size, mtimeMs } = await stat(join(directory, name))
        return [name, size, mtimeMs]
      }),
    )

  test('is told of by service and lane, whether its process runs or was killed; nothing in it changes', async () => {
    const [killed, running] = [await start('killed'), await start('running')]
    killed.child.kill('SIGKILL')
    await killed.ended
    try {
      const before = await filesIn(join(folder, '.clew/spool/killed'))
      const found = await here()
      expect(found.code).toBe(0)
      expect(findingsOf(found, 'spool killed')).toEqual([
        expect.stringMatching(
          /^warning: 30 wait \(30 log; \d+ KiB, the oldest for \d+ seconds?\); their process is gone: npx clew drain --service killed sends them, or the service's next start$/,
        ),
      ])
      expect(findingsOf(found, 'spool running')).toEqual([
        expect.stringMatching(/^ok: 30 wait \(30 log; .*\); their process runs and sends them itself$/),
      ])
      expect(await filesIn(join(folder, '.clew/spool/killed'))).toEqual(before)
      expect(receiver.logs).toEqual([])
    } finally {
      running.child.kill('SIGKILL')
      await running.ended
    }
  })

  test('that has damaged files and dead letters is told of', async () => {
    const killed = await start('shop')
    killed.child.kill('SIGKILL')
    await killed.ended
    const directory = '.clew/spool/shop'
    const [segment = ''] = (await readdir(join(folder, directory))).filter((name) => name.endsWith('.seg'))
    await put(`${directory}/${segment}`, 'x'.repeat(500))
    await put(`${directory}/older.seg.damaged`, 'x')
    await put(`${directory}/dead-letter-1.jsonl`, '{"clew":{"entries":3}}\n{"clew":{"entries":4}}\n')
    expect(findingsOf(await here(), 'spool shop')).toEqual([
      'ok: nothing waits',
      expect.stringMatching(/^warning: 7 entries were refused for good: the reasons stand in .*dead-letter-\*\.jsonl$/),
      expect.stringMatching(/^warning: 2 files can't be read: look at the disk; /),
    ])
  })
})

describe('packages', () => {
  const install = (name: string, version: string, below = '') =>
    put(`${below}node_modules/${name}/package.json`, { name, version })

  test('that clew instruments are told with their versions, and those that are too old', async () => {
    for (const [name, version] of Object.entries({
      express: '5.3.0',
      ws: '8.23.0',
      redis: '4.7.1',
      ioredis: '5.11.0-beta.1',
      '@nestjs/core': '11.0.0',
    }))
      await install(name, version)
    const found = await here()
    expect(found.code).toBe(0)
    expect(findingsOf(found, 'http')).toEqual(["ok: Node's own servers, clients and fetch are seen"])
    expect(findingsOf(found, 'express')).toEqual(['ok: 5.3.0: its requests are seen where they come in, at node:http'])
    expect(findingsOf(found, '@nestjs/core')).toEqual([expect.stringMatching(/^ok: 11\.0\.0: /)])
    expect(findingsOf(found, 'ws')).toEqual(['ok: 8.23.0: its sessions are seen'])
    expect(findingsOf(found, 'ioredis')).toEqual(['ok: 5.11.0-beta.1: its commands are seen'])
    expect(findingsOf(found, 'redis')).toEqual([
      'warning: 4.7.1 is too old to be seen: npm install redis@latest (5.12 or newer)',
    ])
    expect(findingsOf(found, 'koa')).toEqual([])
  })

  test('of other SDKs that the program asks for are told of, with what to do', async () => {
    await put('package.json', { name: 'shop', dependencies: { 'dd-trace': '5', '@sentry/node': '11' } })
    for (const name of ['dd-trace', '@sentry/node', '@opentelemetry/sdk-node']) await install(name, '5.0.0')
    const found = await here()
    expect(findingsOf(found, 'dd-trace')).toEqual([
      expect.stringMatching(/^warning: 5\.0\.0 is here too.*TracerProvider/),
    ])
    expect(findingsOf(found, '@sentry/node')).toEqual([expect.stringContaining('enableOpenTelemetrySetup: false')])
    // Something else has brought it.
    expect(findingsOf(found, '@opentelemetry/sdk-node')).toEqual([])
    await put('package.json', { name: 'shop', devDependencies: { '@opentelemetry/sdk-node': '0' } })
    expect(findingsOf(await here(), '@opentelemetry/sdk-node')).toEqual([expect.stringContaining("'clew/processors'")])
    await put('package.json', { name: 'shop' })
    expect(findingsOf(await here(), 'other SDKs')).toEqual(['ok: none'])
  })

  test("of OpenTelemetry's API that do not reach clew's are told of", async () => {
    await install('@opentelemetry/api', '1.9.0')
    const api = '@opentelemetry/api'
    expect(findingsOf(await here(), api)).toEqual([expect.stringMatching(/^ok: 1\.\d+\.\d+, and 1\.9\.0, which reach/)])
    await install(api, '1.99.0', 'node_modules/lib/')
    await install(api, '2.0.0', 'node_modules/@scope/lib/node_modules/deeper/')
    await install(api, '0.9.0', 'node_modules/.pnpm/@opentelemetry+api@0.9.0/')
    // Workspaces lead to each other.
    await symlink(folder, join(folder, 'node_modules/lib/node_modules/circle'))
    const [finding] = findingsOf(await here(), api)
    expect(finding).toMatch(/^warning: .*1\.99\.0.* beside clew's 1\..*npm dedupe\)$/)
    for (const version of ['2.0.0', '0.9.0']) expect(finding).toContain(version)
  })
})

test('ports that somebody else has are told of, with the option that takes another', async () => {
  const page = createServer((_, response) => response.end('<html>'))
  await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve))
  const port = String((page.address() as AddressInfo).port)
  const collector = new URL(receiver.url).port
  const at = (more: string[]) => diagnose({ cwd: folder, arguments: more })
  try {
    const grpc = await startGrpcReceiver()
    const grpcPort = grpc.address.split(':')[1] as string
    const taken = await at(['--port', port, '--otlp-port', collector, '--grpc-port', grpcPort])
    grpc.close()
    expect(findingsOf(taken, `port ${grpcPort}`)).toEqual([
      "ok: an OTLP receiver for gRPC that is not clew's, such as a collector",
    ])
    const http = await at(['--grpc-port', port])
    expect(findingsOf(http, `port ${port}`)).toEqual([
      'warning: taken by what is no OTLP receiver for gRPC: npx clew up --grpc-port <port>',
    ])
    expect([...findingsOf(taken, `port ${collector}`), ...findingsOf(taken, `port ${port}`)]).toEqual([
      "ok: an OTLP receiver that is not clew's, such as a collector",
      "warning: taken by what is not clew's embedded server: npx clew up --port <port>",
    ])
    const free = await at(['--port', '1', '--otlp-port', '2'])
    expect([...findingsOf(free, 'port 2'), ...findingsOf(free, 'port 1')]).toEqual([
      'ok: free, for the OTLP of clew up and clew dev',
      'ok: free, for the viewer of clew up and clew dev',
    ])
  } finally {
    page.closeAllConnections()
    page.close()
  }
})

describe('for people', () => {
  test('each setting and each check is one line, without colours where nobody sees them', async () => {
    const { code, out, error } = await runDoctor({
      cwd: folder,
      environment: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', LOG_LEVEL: 'warn' },
    })
    expect([code, error]).toEqual([1, ''])
    expect(out).not.toContain('\u001b')
    expect(out).toContain(`in ${folder}\n`)
    expect(out).toMatch(/\n {2}level +warn +LOG_LEVEL\n/)
    expect(out).toMatch(/\n {2}slowMillis +1000 +default\n/)
    expect(out).not.toMatch(/\n {2}otlp\.certificate /)
    expect(out).toMatch(/\n {2}ok {7}Node +\d+\.\d+\.\d+ \(22\.16 or newer is needed\)\n/)
    expect(out).toMatch(/\n {2}failure {2}logs +ECONNREFUSED at \S+: nothing listens there: start the collector .*\n/)
    expect(out).toMatch(/\n3 failures, (no|\d+) warnings?\n$/)
  })

  test.runIf(hasTerminal()).each([
    [{}, true],
    [{ NO_COLOR: '1' }, false],
  ])('colours are for terminals, with %j: %s', async (variables, coloured) => {
    const command = [process.execPath, MAIN, 'doctor', '--port', '1', '--otlp-port', '2'].join(' ')
    const environment = { PATH: process.env['PATH'], TERM: 'xterm', ...variables }
    const child = spawn('script', ['-qefc', `exec ${command}`, '/dev/null'], { cwd: folder, env: environment })
    let out = ''
    child.stdout.on('data', (chunk) => (out += String(chunk)))
    child.stdin.end()
    await once(child, 'close')
    expect(out).toContain('Checks')
    expect(out.includes('\u001b[32mok')).toBe(coloured)
  })

  test('the command explains itself, and refuses what it does not know', async () => {
    const help = await runDoctor({ cwd: folder, arguments: ['--help'] })
    for (const word of ['--json', '--timeout', 'changes nothing', 'Ends with 0']) expect(help.out).toContain(word)
    const wrong = await runDoctor({ cwd: folder, arguments: ['--timeout', 'soon'] })
    expect([wrong.code, wrong.error]).toEqual([1, expect.stringContaining('Found soon')])
  })
})
