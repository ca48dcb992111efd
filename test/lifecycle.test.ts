import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startReceiver, type OtlpReceiver } from './support/otlp-receiver.ts'
import { runProgram } from './support/program.ts'

let home: string
let receiver: OtlpReceiver
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'clew-lifecycle-'))
  receiver = await startReceiver()
})
afterEach(async () => {
  await receiver.close()
  await rm(home, { recursive: true, force: true })
})

async function said(how: string, environment: Record<string, string> = {}): Promise<unknown[]> {
  const { code, stderr } = await runProgram('test/fixtures/lifecycle.mjs', [home, how], {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url.replace('//', '//user:hunter2@'),
    CLEW_LIFECYCLE: 'true',
    ...environment,
  })
  expect({ how, code, stderr }).toEqual({ how, code: how === 'exit' ? 3 : 0, stderr: '' })
  return (
    receiver.logs
      .filter(({ scope }) => scope.name === 'system')
      // Warnings come by a lane of their own; ids are in the order in which things were said.
      .toSorted((a, b) => String(a.attributes['log.record.uid']).localeCompare(String(b.attributes['log.record.uid'])))
      .map(({ eventName, severityText, body, attributes }) => {
        const { 'clew.duration_ms': duration, 'clew.uptime_ms': uptime, ...rest } = attributes
        const { 'log.record.uid': _uid, 'exception.stacktrace': _stack, ...fields } = rest
        return [eventName, severityText, body, fields, typeof (duration ?? uptime)]
      })
  )
}

test('a program tells of its beginning, with who set what and no credentials, and of its end', async () => {
  const [startup, ...rest] = (await said('natural')) as [unknown[], ...unknown[][]]
  const { 'clew.settings': settings, ...fields } = startup[3] as { 'clew.settings': string[] }
  expect([startup.slice(0, 3), fields]).toEqual([
    ['STARTUP', 'INFO', 'shop starts'],
    {
      'service.name': 'shop',
      'service.version': '7',
      'deployment.environment.name': 'test',
      'process.runtime.version': process.versions.node,
      'clew.endpoint': expect.stringMatching(/^http:\/\/\S*127\.0\.0\.1:\d+\/v1\/logs$/) as string,
    },
  ])
  expect(settings).toContain('service=shop (code)')
  expect(settings.find((setting) => setting.startsWith('otlp.endpoint='))).toMatch(/\(OTEL_EXPORTER_OTLP_ENDPOINT\)$/)
  expect(JSON.stringify(startup)).not.toContain('hunter2')
  expect(rest).toEqual([['STOPPED', 'INFO', 'shop has stopped', {}, 'number']])
})

test('READY is said once; shutdown() closes the parts, the last one first, whatever they do, and tells of each', async () => {
  expect((await said('shutdown')).slice(1)).toEqual([
    ['READY', 'INFO', 'shop is ready', { port: 80 }, 'number'],
    ['SHUTDOWN', 'INFO', 'shop shuts down', { 'clew.parts': 3 }, 'undefined'],
    ['SHUTDOWN', 'INFO', 'server is closed', { 'clew.part': 'server' }, 'number'],
    ['SHUTDOWN', 'WARNING', 'pool failed to close', { 'clew.part': 'pool', 'error.type': 'TypeError', 'exception.type': 'TypeError', 'exception.message': 'busy' }, 'number'], // prettier-ignore
    ['SHUTDOWN', 'WARNING', 'queue did not close in time', { 'clew.part': 'queue' }, 'number'],
    ['STOPPED', 'INFO', 'shop has stopped', {}, 'number'],
  ])
})

test('an exit is told with its code', async () => {
  expect((await said('exit')).at(-1)).toEqual(['STOPPED', 'INFO', 'shop has stopped', { 'process.exit.code': 3 }, 'number']) // prettier-ignore
})

test('nothing is said where it was turned off', async () => {
  expect(await said('natural', { CLEW_LIFECYCLE: 'false' })).toEqual([])
})
