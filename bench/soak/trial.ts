/** The program of the soak: `trial perSecond` says records until it is told to stop, and tells of its memory each second; with 0 it only sends what an earlier one left. */
import { answer, onWord } from '../child.ts'
import { endpoint, home, loadClew } from '../clew-build.ts'
import { sayAtPace, type Call } from '../workload.ts'

/** Said once a second, in megabytes. */
export interface SoakSample {
  readonly rss: number
  readonly heapUsed: number
  readonly external: number
}

/** Said at the end. */
export interface SoakEnd {
  readonly said: number
  readonly delivered: number
  readonly dropped: Readonly<Record<string, number>>
}

const FLUSH_MILLIS = 60_000

const perSecond = Number(process.argv[2])
const { getLogger, init } = await loadClew()
const clew = init({
  service: 'bench',
  level: 'INFO',
  console: { enabled: false },
  otlp: { endpoint: endpoint() },
  home: home(),
})
const log = getLogger('orders')
const call: Call = (message, fields) => log.info(message, fields)
let said = 0
const stopping = new AbortController()
onWord({ stop: () => stopping.abort() })

while (!stopping.signal.aborted) {
  said = await sayAtPace(call, said, { perSecond, intervalMillis: 2, millis: 1_000 })
  const { rss, heapUsed, external } = process.memoryUsage()
  answer({ rss: rss / 1e6, heapUsed: heapUsed / 1e6, external: external / 1e6 } satisfies SoakSample)
}
await clew.flush(FLUSH_MILLIS)
await clew.shutdown()
const { delivered, dropped } = clew.status().delivery ?? { delivered: { logs: 0 }, dropped: {} }
answer({ said, delivered: delivered.logs, dropped } satisfies SoakEnd)
process.exit(0)
