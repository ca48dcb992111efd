/** A trial: clew with everything on but the console; records go through the spool on disk to the receiver. */
import { context, trace } from '@opentelemetry/api'
import { endpoint, loadClew } from '../clew-build.ts'
import { BOUND, runTrial } from './workload.ts'

const { getLogger, init } = await loadClew()
const clew = init({
  service: 'bench',
  level: 'INFO',
  console: { enabled: false },
  otlp: { endpoint: endpoint() },
  home: process.env['BENCH_HOME'] ?? '',
  shutdownTimeoutMillis: 60_000,
})
const log = getLogger('orders')
const child = log.child(BOUND)
const span = trace.getTracer('bench').startSpan('bench')
await context.with(trace.setSpan(context.active(), span), () =>
  runTrial({
    info: (message, fields) => log.info(message, fields),
    child: (message, fields) => child.info(message, fields),
    off: (message, fields) => log.debug(message, fields),
  }),
)
span.end()
await clew.shutdown()
