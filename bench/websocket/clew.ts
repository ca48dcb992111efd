/** The same server with clew: upgrade span, session span and records, counts, metrics, all sent. */
import * as ws from 'ws'
import { endpoint, home, loadClew } from '../clew-build.ts'
import { serveEcho } from './echo.ts'

const { init } = await loadClew()
const clew = init({
  service: 'bench',
  level: 'INFO',
  console: { enabled: false },
  otlp: { endpoint: endpoint() },
  home: home(),
  shutdownTimeoutMillis: 60_000,
})
serveEcho({ ws, stop: () => clew.shutdown() })
