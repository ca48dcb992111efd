import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ServerCredentials, status as Status } from '@grpc/grpc-js'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Notes } from '../../src/diagnostics/index.ts'
import type { EndpointSettings } from '../../src/delivery/transport.ts'
import { createScope, encodeResource } from '../../src/otlp/index.ts'
import { createOtlpOutput } from '../../src/outputs/index.ts'
import { TelemetryRoad } from '../../src/telemetry-road.ts'
import { createEncoding, fixedUid } from '../support/encoding.ts'
import { endpointTo } from '../support/endpoint.ts'
import { startGrpcReceiver, type GrpcReceiver } from '../support/grpc-receiver.ts'
import { startReceiver, type OtlpReceiver } from '../support/otlp-receiver.ts'
import { until } from '../support/until.ts'

const encoding = createEncoding()
const scope = createScope('orders')
let directory: string
const opened: { close(): unknown }[] = []

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clew-road-'))
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()))
  await rm(directory, { recursive: true, force: true })
})

/** From the spool through the delivery thread to an endpoint. */
function openRoad(endpoint: EndpointSettings): TelemetryRoad {
  const settings = { endpoints: { logs: endpoint }, proxy: undefined, spoolDirectory: directory }
  const road = new TelemetryRoad(settings, encodeResource({ 'service.name': 'shop' }, encoding), new Notes())
  opened.push({ close: () => road.exit(1_000) })
  return road
}

function say(road: TelemetryRoad, count: number, first = 0, text?: string): void {
  const output = createOtlpOutput(road.spool, encoding)
  for (let n = first; n < first + count; n++) {
    output.emit({
      timeMillis: Date.now(),
      severityNumber: 9,
      severityText: 'INFO',
      body: n,
      eventName: undefined,
      scope,
      context: undefined,
      bound: undefined,
      fields: text === undefined ? undefined : { text },
      error: undefined,
      trace: undefined,
      uid: fixedUid(`uid-${n}`),
    })
  }
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index)
const bodies = ({ logs }: OtlpReceiver | GrpcReceiver): unknown[] => logs.map((entry) => entry.body)

test('JSON arrives whole and in order', async () => {
  const receiver = await startReceiver()
  opened.push(receiver)
  const road = openRoad(endpointTo(`${receiver.url}/v1/logs`, { protocol: 'http/json', compression: 'zstd' }))
  say(road, 5_000)
  expect(await road.flush(false, 5_000)).toBe(true)
  expect(bodies(receiver)).toEqual(numbers(5_000))
})

test('what waits for somebody to put the set-up right goes out at the next flush', async () => {
  const receiver = await startReceiver()
  opened.push(receiver)
  receiver.answer = () => ({ status: 401 })
  const road = openRoad(endpointTo(`${receiver.url}/v1/logs`))
  say(road, 100)
  expect(await road.flush(true, 5_000)).toBe(false)
  receiver.answer = () => ({ status: 200 })
  expect(await road.flush(true, 5_000)).toBe(true)
  expect(bodies(receiver)).toEqual(numbers(100))
})

describe('gRPC', () => {
  async function start(address?: string, options = {}): Promise<GrpcReceiver> {
    const receiver = await startGrpcReceiver(address, ServerCredentials.createInsecure(), options)
    opened.push(receiver)
    return receiver
  }
  const roadTo = ({ address }: GrpcReceiver): TelemetryRoad =>
    openRoad(endpointTo(`http://${address}`, { protocol: 'grpc' }))

  test('arrives whole and in order', async () => {
    const receiver = await start()
    const road = roadTo(receiver)
    say(road, 5_000)
    expect(await road.flush(false, 5_000)).toBe(true)
    expect(bodies(receiver)).toEqual(numbers(5_000))
    expect(road.status()).toMatchObject({ delivered: { logs: 5_000 }, retries: 0 })
  })

  test('goes out in smaller requests where one is too large for the receiver', async () => {
    const receiver = await start(undefined, { 'grpc.max_receive_message_length': 20_000 })
    const road = roadTo(receiver)
    say(road, 1_000)
    expect(await road.flush(false, 10_000)).toBe(true)
    expect(bodies(receiver)).toEqual(numbers(1_000))
    expect(road.status()).toMatchObject({ delivered: { logs: 1_000 }, dropped: { refused: 0 } })
  })

  test('finds what a receiver refuses, and the rest arrives', async () => {
    const receiver = await start()
    const refusal = { code: Status.INVALID_ARGUMENT, details: 'poison' }
    receiver.answer = ({ body }) => (body.includes('poison') ? refusal : Buffer.alloc(0))
    const road = roadTo(receiver)
    say(road, 200)
    say(road, 1, 200, 'poison')
    say(road, 200, 201)
    expect(await road.flush(false, 10_000)).toBe(true)
    expect(bodies(receiver)).toEqual(numbers(401).filter((n) => n !== 200))
    expect(road.status()).toMatchObject({ delivered: { logs: 400 }, dropped: { refused: 1 } })
  })

  test('loses nothing while the receiver is away', async () => {
    const first = await start()
    const road = roadTo(first)
    say(road, 100)
    expect(await road.flush(false, 5_000)).toBe(true)
    first.close()
    say(road, 1_000, 100)
    expect(await road.flush(true, 5_000)).toBe(false)
    const second = await start(first.address)
    await until('all records', () => second.logs.length >= 1_000)
    expect([...bodies(first), ...bodies(second)]).toEqual(numbers(1_100))
  })
})
