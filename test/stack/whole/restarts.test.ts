import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startCollector } from '../../../stack/native/collector.ts'
import { startLoki } from '../../../stack/native/loki.ts'
import type { ServerProcess } from '../../../stack/native/server-process.ts'
import { startStack, type Stack } from '../../../stack/native/stack.ts'
import { startTempo } from '../../../stack/native/tempo.ts'
import { TYPESCRIPT } from '../../examples/example-program.ts'
import { startProgram } from '../../support/program.ts'
import { eventually } from '../support/eventually.ts'
import { attribute, recordsIn } from '../support/otlp-files.ts'
import { logs } from '../support/queries.ts'

const programs = inject('stackPrograms')
const PER_SECOND = 1000
const SECONDS = 24
const DOWN_MILLIS = 3000
const BETWEEN_MILLIS = 2500

describe.skipIf(programs === undefined)(`servers that are killed under ${PER_SECOND} records a second`, () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'clew-restarts-'))
  let stack: Stack
  const restarted: ServerProcess[] = []

  beforeAll(async () => {
    if (programs !== undefined) stack = await startStack({ programs, dataDir, env: { CLEW_TRACE_DECISION_WAIT: '1s' } })
  })
  afterAll(async () => {
    for (const server of restarted) await server.stop()
    await stack?.stop()
    rmSync(dataDir, { recursive: true, force: true })
  })

  it('lose no record: each is in the files and in Loki at the end', { timeout: 480_000 }, async () => {
    const environment = { CLEW_HOME: join(dataDir, 'home'), OTEL_EXPORTER_OTLP_ENDPOINT: stack.collector.endpoint }
    const load = startProgram(
      'test/stack/support/steady-load.ts',
      [String(SECONDS), String(PER_SECOND)],
      environment,
      TYPESCRIPT,
    )
    for (const [name, again] of restarts(stack, programs)) {
      await wait(BETWEEN_MILLIS)
      await stack[name].kill()
      await wait(DOWN_MILLIS)
      restarted.push(await again())
    }
    const { stdout, stderr } = await load.ended
    if (stdout === '') throw new Error(`the load ended early: ${stderr}`)
    const told = JSON.parse(stdout) as { said: number; flushed: boolean }
    expect(told).toMatchObject({ said: SECONDS * PER_SECOND, flushed: true })

    const inFiles = await eventually('all records in the files', () => enough(uidsInFiles(dataDir), told.said), 150_000)
    const inLoki = await eventually(
      'all records in Loki',
      async () => enough(await uidsInLoki(stack.loki.url), told.said),
      150_000,
    )
    const kept = { files: new Set(inFiles), loki: new Set(inLoki) }
    process.stdout.write(account(told.said, inFiles.length, kept.files.size, inLoki.length, kept.loki.size))
    expect(kept.files.size).toBe(told.said)
    expect(kept.loki).toEqual(kept.files)
  })
})

/** Each server, and how it comes back with the ports and the data that it had. */
function restarts(
  stack: Stack,
  programs: { collector: string; loki: string; tempo: string } | undefined,
): readonly (readonly ['collector' | 'loki' | 'tempo', () => Promise<ServerProcess>])[] {
  if (programs === undefined) return []
  const { collector, loki, tempo } = stack
  return [
    ['loki', () => startLoki({ program: programs.loki, dataDir: loki.dataDir, ports: loki.ports })],
    ['collector', () => startCollector({ ...collector.options, ports: collector.ports })],
    ['tempo', () => startTempo({ program: programs.tempo, dataDir: tempo.dataDir, ports: tempo.ports })],
  ]
}

function enough(uids: readonly string[], count: number): readonly string[] | undefined {
  return new Set(uids).size >= count ? uids : undefined
}

function uidsInFiles(dataDir: string): string[] {
  const said = recordsIn(join(dataDir, 'collector'), 'info').filter((record) => record.body?.stringValue === 'steady')
  return said.map((record) => attribute(record, 'log.record.uid') ?? '')
}

async function uidsInLoki(loki: string): Promise<string[]> {
  const found: string[] = []
  const end = Date.now()
  for (let from = end - 180_000; from < end; from += 3000) {
    const lines = await logs(
      loki,
      '{service_name="steady"} | steady_number != "" | keep log_record_uid',
      from,
      from + 3000,
    )
    found.push(...lines.map(({ labels }) => labels['log_record_uid'] ?? ''))
  }
  return found
}

function account(said: number, files: number, inFiles: number, loki: number, inLoki: number): string {
  const line = (where: string, all: number, once: number): string =>
    `  ${where.padEnd(6)} ${once} of ${said} records, ${said - once} missing, ${all - once} twice\n`
  return `\naccount: collector, Loki and Tempo each killed once (kill -9)\n${line('files', files, inFiles)}${line('Loki', loki, inLoki)}`
}
