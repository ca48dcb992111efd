import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { runProgram, startProgram } from '../support/program.ts'
import { hasRedisServer } from '../support/redis-server.ts'
import { awaitLine, TYPESCRIPT } from './example-program.ts'

const DEMO = 'examples/demo/demo.ts'
const FREE_PORTS = ['--port', '0', '--otlp-port', '0']
const withRedis = hasRedisServer()

function runDemo(given: readonly string[], environment: Record<string, string> = {}) {
  return runProgram(DEMO, given, environment, TYPESCRIPT)
}

describe('the demo', () => {
  it.runIf(withRedis)('finds everything it sent: each row of its table holds, and it ends with 0', async () => {
    const { code, stdout, stderr } = await runDemo(['--once', ...FREE_PORTS])

    expect(stderr).toBe('')
    expect(stdout).not.toContain('✗')
    expect(rowsOf(stdout)).toStrictEqual([...REQUEST_ROWS, ...WORK_ROWS, REDIS_ROW, ...OTHER_ROWS])
    expect(stdout).toMatch(/✓ \d+ records, \d+ spans, \d+ traces stored; lost 0, too many 0/)
    expect(code).toBe(0)
  })

  it('does without Redis and without the usual ports, and says so', async () => {
    const taken = createServer()
    taken.listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const environment = { PATH: '/nowhere' }
    const { code, stdout } = await runDemo(['--once', '--port', String(port), '--otlp-port', String(port)], environment)
    taken.close()

    expect(stdout).toContain(`port ${port} is in use: taking a free one for the OTLP receiver`)
    expect(stdout).toContain(`port ${port} is in use: taking a free one for the viewer`)
    expect(stdout).toMatch(/^Redis +none, .*redis-server is not on the PATH.*apt-get install redis-server/m)
    expect(rowsOf(stdout)).toStrictEqual([...REQUEST_ROWS, ...WORK_ROWS, ...OTHER_ROWS])
    expect(code).toBe(0)
  })

  it('goes on until it is told to stop, and leaves no process behind', async () => {
    const demo = startProgram(DEMO, FREE_PORTS, {}, TYPESCRIPT)
    await awaitLine(demo, /^Ctrl\+C/)
    const children = await childrenOf(demo.child.pid as number)
    demo.child.kill('SIGINT')
    const { code, signal } = await demo.ended

    expect({ code, signal }).toStrictEqual({ code: 0, signal: null })
    expect(children.length).toBeGreaterThan(0)
    expect(children.filter(isAlive)).toStrictEqual([])
  })

  it.each(['Redis', 'Ctrl\\+C'])('says so when the service dies after the line "%s", and ends with 1', async (line) => {
    const demo = startProgram(DEMO, FREE_PORTS, {}, TYPESCRIPT)
    await awaitLine(demo, new RegExp(`^${line}`))
    for (const pid of await childrenOf(demo.child.pid as number)) process.kill(pid, 'SIGKILL')

    expect(await demo.ended).toMatchObject({ code: 1, stderr: 'the example service ended by itself: SIGKILL\n' })
  })

  it('explains itself, and refuses what it does not know', async () => {
    expect(await runDemo(['--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('--once') as string })
    expect(await runDemo(['--port', 'x'])).toMatchObject({ code: 1, stderr: '--port: found x, allowed: 0 to 65535\n' })
    expect(await runDemo(['--twice'])).toMatchObject({ code: 1, stderr: expect.stringContaining('--twice') as string })
  })
})

const REQUEST_ROWS = [
  'GET /sessions/:id → 200',
  'GET /sessions/:id → 404',
  'GET /sessions/:id/report → 200',
  'POST /login → 200',
  'POST /login → 401',
  'POST /sessions → 201',
  'POST /sessions/:id/answers → 202',
  'POST /sessions/:id/finish → 500',
  'POST /uploads → 201',
  'POST /uploads → 400',
  'with their own user and session',
]
const WORK_ROWS = [
  'operation score_answer',
  'slow operation render_report',
  'errors with stack and cause',
  'calls of the identity provider',
  'the same calls, as the provider saw them',
]
const REDIS_ROW = 'Redis SET, GET, XADD, XRANGE'
const OTHER_ROWS = [
  'opened',
  'closed, with the code the client sent',
  'messages received (counted, not recorded)',
  'transcript.published',
  'characters in them',
  'records that lead to their span',
  'passwords found',
]

/** The names of the rows that hold. */
function rowsOf(output: string): string[] {
  const rows = output.matchAll(/^ (?:\S.*?)?  +(\S.*?) +\d+ +[\d·]+ +[\d·]+  ✓ (?:all|none)$/gm)
  return [...rows].map(([, name]) => name ?? '')
}

async function childrenOf(pid: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'ppid=,pid='])
  const pairs = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
  return pairs.filter(([parent]) => parent === pid).map(([, child]) => child as number)
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
