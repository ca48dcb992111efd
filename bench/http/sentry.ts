/** The server with Sentry, tracing on. */
import * as Sentry from '@sentry/node'
import { endpoint } from '../clew-build.ts'
import { helloArguments, serveHello } from './hello.ts'

const dsn = new URL(endpoint())
dsn.username = 'key'
dsn.pathname = '/1'
Sentry.init({ dsn: dsn.href, tracesSampleRate: helloArguments().ratio })
await serveHello({ stop: () => Sentry.close(60_000) })
