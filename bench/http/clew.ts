/** The same server with clew: span, request record, request id and metrics, all sent. `early`: init() before node:http is loaded; `late`: after. */
import type * as Http from 'node:http'
import { createRequire } from 'node:module'
import { endpoint, home, loadClew } from '../clew-build.ts'
import { serveHello } from './hello.ts'

const load = createRequire(import.meta.url)
const late = process.argv[2] === 'late'
if (late) load('node:http')
const { init } = await loadClew()
const clew = init({
  service: 'bench',
  level: 'INFO',
  console: { enabled: false },
  otlp: { endpoint: endpoint() },
  home: home(),
  shutdownTimeoutMillis: 60_000,
})
serveHello({ http: load('node:http') as typeof Http, stop: () => clew.shutdown() })
