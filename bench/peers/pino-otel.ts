/** pino through pino-opentelemetry-transport, which encodes and sends in a thread of its own. Their defaults: protobuf, batches, no trace ids. */
import { once } from 'node:events'
import { pino, transport } from 'pino'
import { endpoint } from '../clew-build.ts'
import type { Peer } from '../peer.ts'

export async function open(): Promise<Peer> {
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = endpoint()
  const stream = transport({
    target: 'pino-opentelemetry-transport',
    options: { loggerName: 'orders', resourceAttributes: { 'service.name': 'bench' } },
  })
  // The thread waits for the logger's configuration before it is ready.
  const log = pino({}, stream)
  await once(stream, 'ready')
  return {
    info: (message, fields) => log.info(fields, message),
    error: (message, fields) => log.error(fields, message),
    close: async () => {
      const closed = once(stream, 'close')
      // pino's types leave it out.
      ;(stream as unknown as { ref(): void }).ref()
      stream.end()
      await closed
    },
  }
}
