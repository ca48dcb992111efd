import type * as Http from 'node:http'
import type { AddressInfo } from 'node:net'
import { answer, onWord } from '../child.ts'

/** What the server of a trial tells of itself. */
export interface ServerCount {
  /** Main thread's CPU time since the start. */
  readonly threadMicros: number
  readonly served: number
}

/** What differs between the programs. */
export interface HelloParts {
  readonly http: typeof Http
  /** Said once per request, by those that have no request record of their own. */
  readonly record?: () => void
  /** Sends what there is left to send. */
  readonly stop?: () => Promise<void>
}

/** The server that all of them run: `{"hello":"world"}` to everyone. */
export function serveHello({ http, record, stop }: HelloParts): void {
  let served = 0
  const server = http.createServer((_request, response) => {
    served++
    record?.()
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ hello: 'world' }))
  })
  server.listen(0, '127.0.0.1', () => answer({ port: (server.address() as AddressInfo).port }))
  onWord({
    count: () => {
      const { user, system } = process.threadCpuUsage()
      answer({ threadMicros: user + system, served } satisfies ServerCount)
    },
    stop: () => void end(),
  })

  async function end(): Promise<void> {
    server.closeAllConnections()
    await stop?.()
    answer({})
    process.exit(0)
  }
}
