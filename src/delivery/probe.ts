import type { Signal } from '../spool/index.ts'
import type { HttpAnswer } from './http-exchange.ts'
import { createSender } from './otlp-transport.ts'
import type { EndpointSettings, ProxySettings, SendResult } from './transport.ts'

export { placeOf } from './place.ts'
export type { EndpointSettings, SendResult } from './transport.ts'

/** What came of an empty export request. */
export interface ProbeResult {
  readonly result: SendResult
  /** The last answer over HTTP; undefined when there was none, and with gRPC. */
  readonly answer: HttpAnswer | undefined
}

/** Sends an export request with nothing in it, on the way that telemetry takes: the same protocol, TLS, headers and proxy. Never rejects. */
export async function probeEndpoint(
  signal: Signal,
  endpoint: EndpointSettings,
  proxy: ProxySettings | undefined,
): Promise<ProbeResult> {
  let answer: HttpAnswer | undefined
  const answered = (one: HttpAnswer): void => void (answer = one)
  const sender = createSender({ signal, endpoint, proxy, note: () => {}, answered })
  try {
    return { result: await sender.send(new Uint8Array()), answer }
  } finally {
    sender.close()
  }
}
