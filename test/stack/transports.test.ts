import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startCollector, type Collector } from '../../stack/native/collector.ts'
import { runProgram } from '../support/program.ts'
import { eventually } from './support/eventually.ts'
import { everythingIn, recordsIn, spansIn } from './support/otlp-files.ts'

const program = inject('collectorProgram')

describe.skipIf(program === '')('the real collector', () => {
  let collector: Collector
  const dataDir = mkdtempSync(join(tmpdir(), 'clew-collector-'))

  beforeAll(async () => {
    collector = await startCollector({ program, dataDir })
  })
  afterAll(async () => {
    await collector.stop()
    rmSync(dataDir, { recursive: true, force: true })
  })

  const send = (protocol: string, compression: string, endpoint: string, text: string) =>
    runProgram('test/fixtures/sender.mjs', ['shutdown', text], {
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      OTEL_EXPORTER_OTLP_COMPRESSION: compression,
      CLEW_HOME: join(dataDir, 'home', text.replaceAll(/\W/g, '-')),
    })
  const http = (): string => collector.endpoint
  const grpc = (): string => `http://127.0.0.1:${collector.ports.otlpGrpc}`

  it.each([
    ['http/protobuf', 'gzip', http],
    ['http/protobuf', 'zstd', http],
    ['http/protobuf', 'none', http],
    ['http/json', 'gzip', http],
    ['http/json', 'zstd', http],
    ['http/json', 'none', http],
    ['grpc', 'gzip', grpc],
    ['grpc', 'none', grpc],
  ])('takes logs, traces and metrics by %s with %s', async (protocol, compression, endpoint) => {
    const text = `${protocol} ${compression}`
    expect(await send(protocol, compression, endpoint(), text)).toMatchObject({ code: 0, stderr: '' })
    const arrived = () => recordsIn(dataDir).filter((each) => each.body?.stringValue === text)
    await eventually(`100 records by ${text}`, () => (arrived().length === 100 ? true : undefined))
    await eventually(`the span by ${text}`, () => spansIn(dataDir).find(({ name }) => name === `${text} span`))
    await eventually(`the count by ${text}`, () => everythingIn(dataDir).includes(`"${text} count"`) || undefined)
  })

  it.each([
    ['http/protobuf', grpc, 'set otlp.protocol to grpc'],
    ['grpc', http, 'set otlp.protocol to http/protobuf'],
  ])('is not taken for one that speaks %s where it does not', async (protocol, endpoint, said) => {
    const end = await send(protocol, 'gzip', endpoint(), `${protocol} at the wrong port`)
    expect(end).toMatchObject({ code: 0, stderr: expect.stringContaining(said) })
    expect(everythingIn(dataDir)).not.toContain('at the wrong port"')
  })
})
