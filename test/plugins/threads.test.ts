import { describe, expect, test } from 'vitest'
import { runProgram } from '../support/program.ts'
import { receiverOfTest, temporaryHome } from './support.ts'

async function run(file: string, args: readonly string[], nodeOptions: readonly string[] = []) {
  const receiver = await receiverOfTest()
  const environment = {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_SERVICE_NAME: 'test',
    NODE_ENV: 'production',
    LOG_LEVEL: 'debug',
    CLEW_HOME: temporaryHome(),
  }
  const { code, stderr } = await runProgram(`test/fixtures/plugins/${file}`, args, environment, nodeOptions)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return receiver
}

describe('worker threads of the program', () => {
  test.each<[string, string[], string[]]>([
    ['init() in each of them', ['init'], []],
    ['clew/register', [], ['--import', 'clew/register']],
  ])('record with their own spans and fields by %s', async (_, args, nodeOptions) => {
    const receiver = await run('threads.mjs', args, nodeOptions)
    const threads = receiver.logs.filter(({ body }) => String(body).startsWith('thread '))
    const found = threads.map(({ body, traceId, spanId, attributes }) => {
      const number = String(body).slice(7)
      const span = receiver.spans.find(({ name }) => name === `span ${number}`)
      const matches = span?.traceId === traceId && span.spanId === spanId && attributes['session.id'] === `s${number}`
      return [number === '0' ? 'main' : 'worker', matches]
    })
    expect(found.toSorted()).toEqual([['main', true], ['worker', true], ['worker', true]]) // prettier-ignore
    const instances = threads.map(({ resource }) => resource.attributes['service.instance.id'])
    expect(new Set(instances).size).toBe(3)
    expect(receiver.logs.filter(({ body }) => body === 'main again')).toHaveLength(1)
  })
})

test('processes of a cluster record their own requests, each in its own context', async () => {
  const receiver = await run('cluster.mjs', [])
  const asked = receiver.logs.filter(({ body }) => body === 'asked')
  expect(asked.map(({ attributes }) => attributes['user.id']).toSorted()).toEqual([
    '0',
    '1',
    '2',
    '3',
    '4',
    '5',
    '6',
    '7',
  ])
  expect(new Set(asked.map(({ attributes }) => attributes['pid'])).size).toBe(2)
  for (const { traceId, spanId, attributes, resource } of asked) {
    const server = receiver.spans.find((span) => span.spanId === spanId)
    const client = receiver.spans.find((span) => span.spanId === server?.parentSpanId)
    expect([server?.kind, client?.kind, client?.traceId]).toEqual([2, 3, traceId])
    expect(client?.attributes['url.path']).toBe(`/${String(attributes['user.id'])}`)
    expect(resource.attributes['process.pid']).toBe(attributes['pid'])
    expect(client?.resource.attributes['process.pid']).not.toBe(attributes['pid'])
  }
})
