/** OpenTelemetry's own SDK through its API. Options: `protobuf`, `json`, `drop`. */
import { logs, SeverityNumber } from '@opentelemetry/api'
import type { Peer } from '../peer.ts'
import { BOUND } from '../workload.ts'
import { startOtel, type OtelSet } from './otel-sdk.ts'

const INFO = { severityNumber: SeverityNumber.INFO, severityText: 'INFO' }
const ERROR = { severityNumber: SeverityNumber.ERROR, severityText: 'ERROR' }
const DEBUG = { severityNumber: SeverityNumber.DEBUG, severityText: 'DEBUG' }

export async function open(option: string): Promise<Peer> {
  const provider = await startOtel(option as OtelSet)
  const log = logs.getLogger('orders')
  return {
    info: (body, fields) => log.emit({ ...INFO, body, attributes: fields }),
    // The API has no children: their fields are merged in.
    child: (body, fields) => log.emit({ ...INFO, body, attributes: { ...BOUND, ...fields } }),
    error: (body, fields) => log.emit({ ...ERROR, body, attributes: fields }),
    off: (body, fields) => log.emit({ ...DEBUG, body, attributes: fields }),
    guarded: (body, fields) => {
      if (log.enabled(DEBUG)) log.emit({ ...DEBUG, body, attributes: fields })
    },
    close: async () => {
      await provider.forceFlush()
      await provider.shutdown()
    },
  }
}
