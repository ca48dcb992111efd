import type { EndpointSettings } from '../../src/delivery/transport.ts'

/** An endpoint as the settings resolve it, with what a test wants different. */
export function endpointTo(url: string, different: Partial<EndpointSettings> = {}): EndpointSettings {
  return {
    url,
    protocol: 'http/protobuf',
    headers: {},
    compression: 'gzip',
    timeoutMillis: 1_000,
    insecure: false,
    tls: {},
    ...different,
  }
}
