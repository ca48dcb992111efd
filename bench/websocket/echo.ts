import type { AddressInfo } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type * as Ws from 'ws'
import { answer, onWord } from '../child.ts'

/** What the server of a trial tells of itself. */
export interface EchoCount {
  /** Main thread's CPU time since the start. */
  readonly threadMicros: number
  readonly messages: number
}

/** After garbage was collected, in bytes. */
export interface EchoMemory {
  readonly used: number
  readonly rss: number
}

/** What differs between the programs. */
export interface EchoParts {
  readonly ws: typeof Ws
  /** Sends what there is left to send. */
  readonly stop?: () => Promise<unknown>
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** The server that all of them run: sends every message back. */
export function serveEcho({ ws, stop }: EchoParts): void {
  let messages = 0
  const server: Ws.WebSocketServer = new ws.WebSocketServer({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () =>
    answer({ port: (server.address() as AddressInfo).port }),
  )
  server.on('connection', (socket) => {
    socket.on('message', (data, binary) => {
      messages++
      socket.send(data, { binary })
    })
  })
  onWord({
    count: () => {
      const { user, system } = process.threadCpuUsage()
      answer({ threadMicros: user + system, messages } satisfies EchoCount)
    },
    memory: () => {
      collectGarbage()
      collectGarbage()
      const { heapUsed, external, rss } = process.memoryUsage()
      answer({ used: heapUsed + external, rss } satisfies EchoMemory)
    },
    stop: () => void end(),
  })

  async function end(): Promise<void> {
    for (const socket of server.clients) socket.terminate()
    await stop?.()
    answer({})
    process.exit(0)
  }
}
