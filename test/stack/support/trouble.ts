import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { awaitLine, TYPESCRIPT } from '../../examples/example-program.ts'
import { startProgram } from '../../support/program.ts'
import { startRedisServer } from '../../support/redis-server.ts'

/** Long enough that the sender notices, and tries again. */
const OUTAGE_MILLIS = 4000
/** Metrics are sent each second. */
const METRICS_MILLIS = 2500

/** Lets the service `troubled` run into everything that goes wrong seldom: its telemetry is in the stack afterwards. */
export async function makeTrouble({ collector }: { collector: string }): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'clew-trouble-'))
  const [redis, receiver] = await Promise.all([startRedisServer(), startMoodyReceiver(collector)])
  receiver.mood = 'down'
  const environment = {
    REDIS_URL: redis.url,
    CLEW_HOME: home,
    CLEW_LOG_FILE: 'off',
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_METRIC_EXPORT_INTERVAL: '1000',
  }
  const program = startProgram('test/stack/support/troubled.ts', [], environment, [
    ...TYPESCRIPT,
    '--unhandled-rejections=warn',
  ])
  try {
    const [, port = ''] = await awaitLine(program, /^listening on (\d+)$/)
    const tell = async (step: string): Promise<void> => {
      const answer = await fetch(`http://127.0.0.1:${port}/${step}`, { method: 'POST' })
      if (!answer.ok) throw new Error(`${step} was answered with ${answer.status}`)
    }
    await wait(OUTAGE_MILLIS)
    receiver.mood = 'well'
    for (const step of ['redis', 'calls', 'audit', 'rejection']) await tell(step)
    await breakOff(`ws://127.0.0.1:${port}/live`)
    await breakOff(`ws://127.0.0.1:${port}/not-here`)
    await wait(METRICS_MILLIS)
    // The first counts of failures have to be there before the later ones: what a series begins with is in no rate.
    for (let times = 0; times < 2; times++) {
      receiver.mood = 'unwilling'
      await tell('unwanted')
      receiver.mood = 'well'
      await tell('redis')
      await tell('calls')
      await wait(METRICS_MILLIS)
    }
    // What it leaves out it says at its end, or ten seconds later: not while the receiver would not have it.
    await tell('volume')
    program.child.kill('SIGTERM')
    await program.ended
  } finally {
    program.child.kill('SIGKILL')
    await Promise.all([redis.stop(), receiver.close()])
    rmSync(home, { recursive: true, force: true })
  }
}

/** A client that goes away without a word, when its pongs have been counted for a while: what a series begins with is in no rate. */
async function breakOff(url: string): Promise<void> {
  const socket = new WebSocket(url)
  socket.on('error', () => {})
  socket.once('ping', () => setTimeout(() => socket.terminate(), 3 * METRICS_MILLIS))
  await new Promise((resolve) => void socket.once('close', resolve))
}

type Mood = 'well' | 'down' | 'unwilling'

/** In front of the collector: hands on what it is given; or is out of order; or wants neither records nor spans. */
async function startMoodyReceiver(
  collector: string,
): Promise<{ readonly url: string; mood: Mood; close(): Promise<void> }> {
  const receiver = { url: '', mood: 'well' as Mood, close }
  const server = createServer((request, response) => {
    void answer(request).then(({ status, body }) => response.writeHead(status).end(body))
  })
  async function answer(request: IncomingMessage): Promise<{ status: number; body?: Buffer }> {
    const body = await buffer(request)
    if (receiver.mood === 'down') return { status: 503 }
    if (receiver.mood === 'unwilling' && request.url !== '/v1/metrics') return { status: 400 }
    const headers = { ...request.headers } as Record<string, string>
    for (const name of ['host', 'connection', 'content-length']) delete headers[name]
    const answered = await fetch(collector + (request.url ?? ''), { method: 'POST', headers, body })
    return { status: answered.status, body: Buffer.from(await answered.arrayBuffer()) }
  }
  async function close(): Promise<void> {
    server.closeAllConnections()
    await once(server.close(), 'close')
  }
  await once(server.listen(0, '127.0.0.1'), 'listening')
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return receiver
}
