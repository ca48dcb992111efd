/**
 * How fast the embedded server takes records, and how fast it answers afterwards.
 * `node bench/server-ingest.ts [records=300000]`: the sender is a process of its own; requests of 512 small records over 4 connections.
 * 5,000 sessions live at a time, each 50 records long, of which some are its own (beginning, two summaries, end); one in 50 has no end. After the records, a fifth as many spans of them are sent.
 */
import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer } from '../src/server/index.ts'

const PER_REQUEST = 512
const CONNECTIONS = 4
const START_MILLIS = Date.UTC(2026, 10, 21, 10)
const SESSIONS = 5000
const RECORDS_OF_CONNECTION = 50
/** Which of a connection's records are its own. */
const OWN_RECORDS: Readonly<Record<number, string>> = {
  0: 'websocket.connected',
  20: 'websocket.summary',
  40: 'websocket.summary',
  49: 'websocket.disconnected',
}

function field(number: number, bytes: Buffer | string): Buffer {
  const content = typeof bytes === 'string' ? Buffer.from(bytes) : bytes
  return Buffer.concat([varint((number << 3) | 2), varint(content.length), content])
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  for (; value > 0x7f; value = Math.floor(value / 128)) bytes.push((value % 128) | 0x80)
  return Buffer.from([...bytes, value])
}

function fixed64(number: number, value: bigint): Buffer {
  const bytes = Buffer.alloc(9)
  bytes[0] = (number << 3) | 1
  bytes.writeBigUInt64LE(value, 1)
  return bytes
}

function attribute(key: string, value: string | number | boolean, number = 6): Buffer {
  let any: Buffer
  if (typeof value === 'string') any = field(1, value)
  else if (typeof value === 'boolean') any = Buffer.from([0x10, value ? 1 : 0])
  else if (Number.isInteger(value)) any = Buffer.concat([Buffer.from([0x18]), varint(value)])
  else {
    any = Buffer.alloc(9)
    any[0] = 0x21
    any.writeDoubleLE(value, 1)
  }
  return field(number, Buffer.concat([field(1, key), field(2, any)]))
}

/** About 330 bytes: a message, six fields, trace and span id, uid. */
function logRecord(index: number, millis: number): Buffer {
  const own = ownRecord(index)
  const trace = own === undefined ? Buffer.from(logTrace(index), 'hex') : connectionTrace(index)
  const span = own === undefined ? Buffer.alloc(8, 9) : trace.subarray(0, 8)
  if (own === undefined) span.writeUInt32BE(index >>> 1, 0)
  return Buffer.concat([
    fixed64(1, BigInt(millis) * 1_000_000n + BigInt(index % 1_000_000)),
    Buffer.from([0x10, index % 50 === 0 ? 17 : 9]),
    field(
      5,
      field(
        1,
        `order ${index} placed by customer ${index % 1000} in warehouse ${index % 17}, shipped with carrier north`,
      ),
    ),
    attribute('order.id', index),
    attribute('session.id', `s-${index % SESSIONS}`),
    attribute('user.id', `u-${(index % SESSIONS) % 777}`),
    attribute('cart.state', index % 3 === 0 ? 'open' : 'closed'),
    attribute('price', index / 7),
    attribute('is.new', index % 2 === 0),
    attribute('log.record.uid', `01J${index.toString(36).padStart(23, '0').toUpperCase()}`),
    field(9, trace),
    field(10, span),
    ...(own ?? []),
  ])
}

/** What makes a record one of a connection's own; undefined for all others, and for the end of one in 50. */
function ownRecord(index: number): Buffer[] | undefined {
  const turn = Math.floor(index / SESSIONS) % RECORDS_OF_CONNECTION
  const event = OWN_RECORDS[turn]
  if (event === undefined || (turn === RECORDS_OF_CONNECTION - 1 && index % 50 === 7)) return undefined
  const counts = ['messages.received', 'messages.sent', 'bytes.received', 'bytes.sent']
  return [
    field(12, event),
    attribute('websocket.role', 'server'),
    attribute('clew.duration_ms', turn * SESSIONS * 3.3 + 0.5),
    ...counts.map((name) => attribute(`websocket.${name}`, turn * 10 + 1)),
  ]
}

function connectionTrace(index: number): Buffer {
  const trace = Buffer.alloc(16, 5)
  trace.writeUInt32BE(index % SESSIONS, 0)
  trace.writeUInt32BE(Math.floor(index / SESSIONS / RECORDS_OF_CONNECTION) + 1, 4)
  return trace
}

/** One of a session's Redis commands, one in four an operation. */
function sessionSpan(index: number, records: number): Buffer {
  const record = Math.floor((index * records) / spansOf(records))
  const id = Buffer.alloc(8, 3)
  id.writeUInt32BE(index, 0)
  const start = BigInt(millisOf(record)) * 1_000_000n
  const isRedis = index % 4 !== 0
  return Buffer.concat([
    field(1, connectionTrace(record)),
    field(2, id),
    field(4, connectionTrace(record).subarray(0, 8)),
    field(5, isRedis ? 'XADD' : 'handle message'),
    Buffer.from([0x30, isRedis ? 3 : 1]),
    fixed64(7, start),
    fixed64(8, start + BigInt(100_000 + (index % 777) * 1_000)),
    attribute('session.id', `s-${record % SESSIONS}`, 9),
    ...(isRedis ? [attribute('db.system.name', 'redis', 9), attribute('db.operation.name', 'XADD', 9)] : []),
  ])
}

function spansOf(records: number): number {
  return Math.floor(records / 5)
}

/** 300 records a second, so that a million is about an hour. */
function millisOf(index: number): number {
  return START_MILLIS + Math.floor(index * 3.3)
}

const resource = field(
  1,
  Buffer.concat([field(1, Buffer.concat([field(1, 'service.name'), field(2, field(1, 'shop'))]))]),
)

function spanBody(first: number, records: number): Buffer {
  const spans = Array.from({ length: PER_REQUEST }, (_, at) => field(2, sessionSpan(first + at, records)))
  return field(1, Buffer.concat([resource, field(2, Buffer.concat([field(1, field(1, 'redis')), ...spans]))]))
}

function body(first: number): Buffer {
  const records = Array.from({ length: PER_REQUEST }, (_, at) => field(2, logRecord(first + at, millisOf(first + at))))
  const scope = field(1, field(1, `component-${(first / PER_REQUEST) % 20}`))
  return field(1, Buffer.concat([resource, field(2, Buffer.concat([scope, ...records]))]))
}

async function send(port: number, signal: string, records: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const count = signal === 'logs' ? records : spansOf(records)
  const bodies = Array.from({ length: Math.ceil(count / PER_REQUEST) }, (_, index) =>
    signal === 'logs' ? body(index * PER_REQUEST) : spanBody(index * PER_REQUEST, records),
  )
  const path = `/v1/${signal}`
  const bytes = bodies.reduce((sum, each) => sum + each.length, 0)
  const started = performance.now()
  let next = 0
  const lane = async (): Promise<void> => {
    for (let each = bodies[next++]; each !== undefined; each = bodies[next++]) await post(agent, { port, path }, each)
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, lane))
  process.send?.({ seconds: (performance.now() - started) / 1000, bytes })
  agent.destroy()
}

function post(agent: Agent, to: { port: number; path: string }, content: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-protobuf', 'content-length': content.length }
    const sent = request({ ...to, host: '127.0.0.1', method: 'POST', agent, headers }, (answer) => {
      answer.resume()
      answer.on('end', () =>
        answer.statusCode === 200 ? resolve() : reject(new Error(`answered ${answer.statusCode}`)),
      )
    })
    sent.on('error', reject)
    sent.end(content)
  })
}

function sendAll(port: number, signal: string, records: number): Promise<{ seconds: number; bytes: number }> {
  const sender = fork(import.meta.filename, ['send', String(port), signal, String(records)])
  return new Promise((resolve, reject) => {
    sender.once('message', (message) => resolve(message as { seconds: number; bytes: number }))
    sender.once('exit', (code) => reject(new Error(`the sender ended with ${code}`)))
  })
}

async function timed(name: string, url: string): Promise<void> {
  const millis: number[] = []
  for (let round = 0; round < 40; round++) {
    const started = performance.now()
    const answer = await fetch(url)
    await answer.arrayBuffer()
    if (answer.status !== 200) throw new Error(`${name}: ${answer.status}`)
    millis.push(performance.now() - started)
  }
  millis.sort((a, b) => a - b)
  console.log(`${name.padEnd(28)} median ${millis[20]?.toFixed(1)} ms, p95 ${millis[38]?.toFixed(1)} ms`)
}

async function main(records: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'clew-bench-'))
  const server = await startServer({ port: 0, otlpPort: 0, dataFolder: folder })
  const cpu = process.cpuUsage()
  const { seconds, bytes } = await sendAll(server.otlpPort, 'logs', records)
  const used = process.cpuUsage(cpu)
  const api = `${server.urls.viewer}/api/v1/logs`
  const health = (await (await fetch(`${api}/health`)).json()) as { store: { bytes: number; logs: number } }
  console.log(
    `${Math.round(health.store.logs / seconds)} records/s (${health.store.logs} of ${(bytes / health.store.logs).toFixed(0)} bytes)`,
  )
  console.log(
    `${((used.user + used.system) / health.store.logs).toFixed(1)} CPU-s per million, rss ${Math.round(process.memoryUsage.rss() / 1e6)} MB`,
  )
  console.log(`${(health.store.bytes / health.store.logs).toFixed(0)} bytes a record in the store`)
  const spans = await sendAll(server.otlpPort, 'traces', records)
  console.log(`${Math.round(spansOf(records) / spans.seconds)} spans/s afterwards`)
  await timed('newest 100', `${api}/search`)
  await timed('errors', `${api}/search?level=ERROR`)
  await timed('session', `${api}/search?session=s-77`)
  await timed('trace', `${api}/search?trace=${logTrace(8000)}`)
  await timed('rare word', `${api}/search?q=${PER_REQUEST * 3 + 1}`)
  await timed('common word', `${api}/search?q=shipped`)
  await timed('prefix of a common word', `${api}/search?q=ship`)
  await timed('prefix of many words', `${api}/search?q=1`)
  await timed('two words', `${api}/search?q=carrier+open`)
  await timed('component', `${api}/search?module=component-3`)
  await timed('histogram', `${api}/histogram`)
  await timed('histogram of a word', `${api}/histogram?q=open`)
  await timed('statistics', `${api}/stats`)
  await timed('components', `${api}/modules`)
  const sessions = `${server.urls.viewer}/api/v1/sessions`
  await timed('sessions', sessions)
  await timed('sessions broken off', `${sessions}?state=broken_off`)
  await timed('sessions of a user', `${sessions}?user=u-77`)
  await timed("a session's life", `${sessions}/s-77`)
  await server.close()
  rmSync(folder, { recursive: true })
}

function logTrace(index: number): string {
  const trace = Buffer.alloc(16, 7)
  trace.writeUInt32BE(((index >>> 3) * 2_654_435_761) % 2 ** 32, 0)
  return trace.toString('hex')
}

if (process.argv[2] === 'send') await send(Number(process.argv[3]), String(process.argv[4]), Number(process.argv[5]))
else await main(Number(process.argv[2] ?? 300_000))
