/** The server of the soak: says, when asked, how much memory it needs and how many contexts of its requests are alive, after a garbage collection. */
import { context } from '@opentelemetry/api'
import type * as Http from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRequire } from 'node:module'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { answer, onWord } from '../child.ts'
import { endpoint, home, loadClew } from '../clew-build.ts'

/** Said when asked. */
export interface SoakedServer {
  readonly served: number
  /** In megabytes. */
  readonly heapUsed: number
  readonly rss: number
  /** Contexts that are alive, of those that were looked at. */
  readonly contexts: number
}

/** One request of so many is looked at. */
const LOOKED_AT = 50
const TURNS = 5

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const { init } = await loadClew()
const clew = init({
  service: 'bench',
  level: 'INFO',
  console: { enabled: false },
  otlp: { endpoint: endpoint() },
  home: home(),
  shutdownTimeoutMillis: 60_000,
})
const http = createRequire(import.meta.url)('node:http') as typeof Http
let served = 0
let alive = 0
const watched = new FinalizationRegistry(() => alive--)
const server = http.createServer((_request, response) => {
  if (served++ % LOOKED_AT === 0) {
    alive++
    watched.register(context.active(), undefined)
  }
  response.setHeader('content-type', 'application/json')
  setImmediate(() => response.end('{"hello":"world"}'))
})
server.listen(0, '127.0.0.1', () => answer({ port: (server.address() as AddressInfo).port }))
onWord({
  sample: () => void sample(),
  stop: () => void clew.shutdown().then(() => (answer({}), process.exit(0))),
})

async function sample(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) {
    collect()
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  const { rss, heapUsed } = process.memoryUsage()
  answer({ served, heapUsed: heapUsed / 1e6, rss: rss / 1e6, contexts: alive } satisfies SoakedServer)
}
