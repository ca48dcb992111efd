/** The same server with dd-trace, as it comes: a span of each message. The receiver takes what it sends in place of an agent. */
import { createRequire } from 'node:module'
import type * as Ws from 'ws'
import { endpoint } from '../clew-build.ts'
import { serveEcho } from './echo.ts'

process.env['DD_TRACE_AGENT_URL'] = endpoint()
process.env['DD_SERVICE'] = 'bench'
for (const part of ['INSTRUMENTATION_TELEMETRY', 'REMOTE_CONFIGURATION', 'TRACE_STARTUP_LOGS'])
  process.env[`DD_${part}_ENABLED`] = 'false'
const messages = process.argv[2] === 'messages'
process.env['DD_TRACE_WEBSOCKET_MESSAGES_ENABLED'] = String(messages)
const load = createRequire(import.meta.url)
const tracer = load('dd-trace') as { init(options: object): unknown }
tracer.init({ startupLogs: false })
serveEcho({ ws: load('ws') as typeof Ws })
