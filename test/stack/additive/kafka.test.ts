import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { parse } from 'yaml'
import { decodeLogs } from '../../../src/otlp/decode-request.ts'
import { startCollector, type Collector } from '../../../stack/native/collector.ts'
import { startKafka, type Kafka } from '../../../stack/native/kafka.ts'
import { repositoryRoot } from '../../../stack/native/repository.ts'
import { eventually } from '../support/eventually.ts'
import { everythingIn, recordsIn, spansIn } from '../support/otlp-files.ts'
import { postCounter, postLogs, postSpan, record } from '../support/otlp-post.ts'

const programs = inject('additivePrograms')
const added = (name: string) => join(repositoryRoot, 'stack/collector', name)

describe.skipIf(programs.collector === '' || programs.kafka === '')('kafka.yaml and from-kafka.yaml', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clew-kafka-'))
  const reads = join(folder, 'reads')
  let kafka: Kafka
  let sender: Collector
  let reader: Collector
  beforeAll(async () => {
    kafka = await startKafka({ program: programs.kafka, dataDir: join(folder, 'broker') })
    for (const topic of topics()) await kafka.tool('TopicCommand', '--create', ...topic)
    sender = await start('sends', 'kafka.yaml', { CLEW_FILES: 'nop' })
    reader = await start('reads', 'from-kafka.yaml')
  }, 300_000)
  afterAll(async () => {
    for (const server of [sender, reader, kafka]) await server?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const start = (
    name: string,
    file: string,
    env: Record<string, string> = {},
    before?: Collector,
  ): Promise<Collector> => {
    const dataDir = join(folder, name)
    mkdirSync(dataDir, { recursive: true })
    const all = { CLEW_KAFKA_BROKERS: kafka.brokers, ...env }
    return startCollector({
      program: programs.collector,
      dataDir,
      further: [added(file)],
      env: all,
      ports: before?.ports,
    })
  }
  const readTexts = (prefix: string) =>
    recordsIn(reads).flatMap(({ body }) => (body?.stringValue?.startsWith(prefix) ? [body.stringValue] : []))

  it('puts records into the topic app-logs, as OTLP, those of one process under one key', async () => {
    await postLogs(sender.endpoint, record(9, 'in the topic'), record(17, 'in the topic too'))
    await postLogs(sender.endpoint, record(13, 'and later'))
    await eventually('all three on the other side', () => {
      const count = [...readTexts('in the topic'), ...readTexts('and later')].length
      return count === 3 ? true : undefined
    })

    const printed = await kafka.tool('consumer.ConsoleConsumer', ...fromTheStart('app-logs'))
    const messages = printed
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split('\t').map(bytesOf))
    const entries = messages.flatMap(([, value = Buffer.alloc(0)]) => decodeLogs(value, 'protobuf', 0))
    expect(entries.map(({ body }) => body)).toEqual(['in the topic', 'in the topic too', 'and later'])
    expect(entries[0]?.resource.attributes).toMatchObject({ 'service.name': 'stack-test' })
    expect(new Set(messages.map(([key]) => key?.toString('hex'))).size).toBe(1)
  })

  it('hands records, spans and metrics on to the destinations of the collector that reads', async () => {
    await postLogs(sender.endpoint, record(5, 'of class debug'))
    const { traceId } = await postSpan(sender.endpoint, 'GET /orders', [])
    await postCounter(sender.endpoint, 'orders', [])
    const read = await eventually('all three', () => {
      const [debug] = recordsIn(reads, 'debug')
      const span = spansIn(reads).find(({ name }) => name === 'GET /orders')
      return debug && span && everythingIn(reads).includes('"name":"orders"') ? { debug, span } : undefined
    })
    expect([read.debug.body, read.span.traceId]).toEqual([{ stringValue: 'of class debug' }, traceId])
  })

  it('takes a large record', async () => {
    await postLogs(sender.endpoint, record(9, `large ${'x'.repeat(8_000_000)}`))
    const [found] = await eventually(
      'the large record',
      () => (readTexts('large').length === 1 ? readTexts('large') : undefined),
      60_000,
    )
    expect(found).toHaveLength(8_000_006)
  })

  it('loses nothing while Kafka is down, whatever collector is killed meanwhile', async () => {
    await kafka.kill()
    const said = Array.from({ length: 100 }, (_, number) => `meanwhile ${number}`)
    await postLogs(sender.endpoint, ...said.slice(0, 50).map((text) => record(9, text)))
    await sender.kill()
    sender = await start('sends', 'kafka.yaml', { CLEW_FILES: 'nop' }, sender)
    await postLogs(sender.endpoint, ...said.slice(50).map((text) => record(9, text)))
    await reader.kill()
    kafka = await startKafka({ program: programs.kafka, dataDir: join(folder, 'broker'), ports: kafka.ports })
    reader = await start('reads', 'from-kafka.yaml', {}, reader)

    const all = () => (new Set(readTexts('meanwhile')).size === 100 ? readTexts('meanwhile') : undefined)
    expect((await eventually('100 records', all, 120_000)).sort()).toEqual(said.sort())
  })
})

/** As docker-compose.yml makes them, by its own words. */
function topics(): string[][] {
  const compose = parse(readFileSync(join(repositoryRoot, 'docker-compose.yml'), 'utf8')) as Compose
  const command = compose.services['kafka-topics']?.command.join(' ') ?? ''
  const names = /for topic in ([\w -]+);/.exec(command)?.[1]?.split(' ') ?? []
  const options = /--topic \S+ (.*?)(?:;|$)/m.exec(command)?.[1]?.trim().split(/\s+/) ?? []
  expect(names).toEqual(['app-logs', 'app-traces', 'app-metrics'])
  return names.map((name) => ['--if-not-exists', '--topic', name, ...options])
}

interface Compose {
  readonly services: Readonly<Record<string, { readonly command: readonly string[] }>>
}

/** Lines of a key, a tab, and the value; what is no printable ASCII is there as \xHH. */
function fromTheStart(topic: string): string[] {
  const bytes = 'org.apache.kafka.common.serialization.BytesDeserializer'
  const format = ['print.key=true', `key.deserializer=${bytes}`, `value.deserializer=${bytes}`]
  return [
    '--topic',
    topic,
    '--from-beginning',
    '--timeout-ms',
    '5000',
    ...format.flatMap((one) => ['--formatter-property', one]),
  ]
}

function bytesOf(text: string): Buffer {
  const plain = text.replace(/\\x([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(plain, 'latin1')
}
