import { closeSync, globSync, mkdtempSync, openSync, readSync, rmSync, fstatSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Meter } from '@opentelemetry/api'
import { registerGlobals } from '../../../src/globals.ts'
import { pipeline } from '../../../src/logging/index.ts'
import { createMeterProvider } from '../../../src/metrics/spool-metric-reader.ts'
import { createScope, encodeMetric, encodeResource, type Fields } from '../../../src/otlp/index.ts'
import { FileOutput } from '../../../src/outputs/files/index.ts'
import { createConsoleOutput, createOtlpOutput, createSpanOutput } from '../../../src/outputs/index.ts'
import { createOwner, SegmentWriter, Spool } from '../../../src/spool/index.ts'
import { ClewTracerProvider, TraceContextPropagator, createSampler } from '../../../src/tracing/index.ts'
import { createEncoding } from '../../support/encoding.ts'

/** clew with every output, as `init()` puts it together; what leaves the process is to be had as text. */
export class Outlets {
  readonly #directory = mkdtempSync(join(tmpdir(), 'clew-planting-'))
  readonly #encoding = createEncoding()
  readonly #spool: Spool
  readonly #files: FileOutput
  readonly #read = new Map<string, number>()
  readonly #globals: { release(): void }
  readonly #meters: ReturnType<typeof createMeterProvider>
  #lines = ''
  #failures: unknown[] = []

  constructor() {
    const failed = (...[, , , error]: unknown[]): never => {
      throw error
    }
    const sink = new SegmentWriter({
      directory: this.#directory,
      owner: createOwner(),
      meta: this.resource({ 'service.name': 'planting' }),
      maxBytes: Infinity,
      opened: () => {},
      wrote: () => {},
      failed,
    })
    this.#spool = new Spool(sink, { writeDelayMillis: 10_000 })
    const spans = createSpanOutput(this.#spool, this.#encoding)
    const tracers = new ClewTracerProvider({ sampler: createSampler('always_on', 1), ended: spans })
    this.#globals = registerGlobals({
      tracers,
      meters: undefined,
      propagator: new TraceContextPropagator(),
      contextManager: undefined,
    })
    this.#meters = createMeterProvider(
      ({ scopeMetrics }) => {
        for (const { scope, metrics } of scopeMetrics)
        for (const metric of metrics)
          this.#spool.append('metric', createScope(scope.name), metric, (writer, item) => encodeMetric(writer, item, this.#encoding), false) // prettier-ignore
      },
      3_600_000,
      undefined,
    )
    const path = join(this.#directory, 'logs', 'planting.jsonl')
    const rotation = { maxBytes: 0, backupCount: 1, retentionMillis: Infinity, modules: [] }
    const events = { failed, leftOut: failed, untidy: failed, ended: () => {} }
    this.#files = new FileOutput({ path, ...rotation }, this.#encoding, events)
    const stream = { write: (text: string) => (this.#lines += text) }
    pipeline.components.setLevels({ threshold: 0, components: {} })
    pipeline.start({
      outputs: [
        createConsoleOutput('human', this.#encoding, stream, true),
        createConsoleOutput('json', this.#encoding, stream, false),
        this.#files,
        createOtlpOutput(this.#spool, this.#encoding),
      ],
      encoding: this.#encoding,
      failed: (_output, error) => this.#failures.push(error),
    })
  }

  meter(name: string): Meter {
    return this.#meters.getMeter(name)
  }

  collect(): Promise<void> {
    return this.#meters.forceFlush()
  }

  resource(attributes: Fields): Uint8Array {
    return encodeResource(attributes, this.#encoding)
  }

  /** What left since the last time: new bytes of the spool's files, and lines. */
  take(): string {
    this.#spool.seal()
    this.#files.flush()
    const files = globSync('**/*', { cwd: this.#directory }).map((file) => this.#newBytes(join(this.#directory, file)))
    const taken = `${this.#lines}\n${files.join('\n')}`
    this.#lines = ''
    if (this.#failures.length > 0) throw this.#failures.splice(0)[0]
    return taken
  }

  #newBytes(file: string): string {
    const descriptor = openSync(file, 'r')
    try {
      const stat = fstatSync(descriptor)
      const from = this.#read.get(file) ?? 0
      if (!stat.isFile() || stat.size <= from) return ''
      const bytes = Buffer.alloc(stat.size - from)
      readSync(descriptor, bytes, 0, bytes.length, from)
      this.#read.set(file, stat.size)
      return bytes.toString('latin1')
    } finally {
      closeSync(descriptor)
    }
  }

  async close(): Promise<void> {
    pipeline.stop()
    this.#files.end()
    this.#globals.release()
    await this.#meters.shutdown()
    rmSync(this.#directory, { recursive: true, force: true })
  }
}
