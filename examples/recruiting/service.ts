/**
 * A service that plans and holds job interviews, and says everything that clew has a word for: to stdout, to files, into a database and to a collector.
 * Itself it reads PORT (0 takes a free one), REDIS_URL, and CALENDAR_URL with CALENDAR_TOKEN; LOG_*, OTEL_* and CLEW_* are read by clew.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { getLogger, init } from 'clew'
import { createApi } from './api.ts'
import { createCalendar } from './calendar.ts'
import { openInterviews } from './interviews.ts'
import { serveTranscripts } from './live.ts'
import { People } from './people.ts'

const clew = init({
  service: 'recruiting',
  file: { modules: ['transcripts'] },
  database: true,
  loggers: { console: 'replace', pino: 'replace' },
})
const log = getLogger('service')

const redisUrl = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379'
// A careless line: the URL has a password in it, which does not leave the process.
log.info('connecting', { redis: redisUrl })
const interviews = await openInterviews(redisUrl)
clew.onShutdown('interviews', () => interviews.close())

const people = new People()
const calendar = createCalendar(process.env['CALENDAR_URL'] ?? '', process.env['CALENDAR_TOKEN'] ?? '')
const server = createServer(express().disable('x-powered-by').use(createApi({ people, interviews, calendar })))
clew.onShutdown('http server', async () => {
  const closed = once(server, 'close')
  server.close()
  server.closeIdleConnections()
  await closed
})
const live = serveTranscripts(server, people)
clew.onShutdown('live transcripts', () => live.close())

server.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1')
await once(server, 'listening')
clew.ready({ 'server.port': (server.address() as AddressInfo).port })

process.once('SIGTERM', () => void clew.shutdown())
process.once('SIGINT', () => void clew.shutdown())
