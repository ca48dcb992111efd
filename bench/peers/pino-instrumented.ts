/** pino with OpenTelemetry's instrumentation: trace ids in each line, and each record also to the SDK's logger, whose processor drops it. The lines go into a stream that drops. */
import { PinoInstrumentation } from '@opentelemetry/instrumentation-pino'
import type * as Pino from 'pino'
import { createRequire } from 'node:module'
import type { Peer } from '../peer.ts'
import { BOUND } from '../workload.ts'
import { startOtel } from './otel-sdk.ts'

export async function open(): Promise<Peer> {
  await startOtel('drop')
  const instrumentation = new PinoInstrumentation()
  instrumentation.enable()
  // The instrumentation hears of a module only when it is loaded by require, after it.
  const { pino } = createRequire(import.meta.url)('pino') as typeof Pino
  const log = pino({}, { write() {} })
  const child = log.child(BOUND)
  return {
    info: (message, fields) => log.info(fields, message),
    child: (message, fields) => child.info(fields, message),
    off: (message, fields) => log.debug(fields, message),
  }
}
