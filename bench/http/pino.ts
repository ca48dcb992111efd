/** The server with one line of pino's for each request, to /dev/null. */
import { pino } from 'pino'
import { serveHello } from './hello.ts'
import { sayRequest } from './request-line.ts'

await serveHello({ record: sayRequest(pino(pino.destination({ dest: '/dev/null', sync: true }))) })
