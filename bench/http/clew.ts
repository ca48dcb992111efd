/** The server with clew: span, request record, request id and metrics, all sent. Third argument: `late` to call `init()` when the libraries are loaded. */
import { createRequire } from 'node:module'
import { endpoint, home, loadClew } from '../clew-build.ts'
import { helloArguments, serveHello } from './hello.ts'

const { framework, ratio } = helloArguments()
const load = createRequire(import.meta.url)
if (process.argv[4] === 'late') load(framework === 'http' ? 'node:http' : 'fastify')
const { init } = await loadClew()
const clew = init({
  service: 'bench',
  level: 'INFO',
  console: { enabled: false },
  otlp: { endpoint: endpoint() },
  home: home(),
  sampler: 'parentbased_traceidratio',
  samplerRatio: ratio,
  shutdownTimeoutMillis: 60_000,
})
await serveHello({ stop: () => clew.shutdown() })
