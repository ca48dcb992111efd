import { randomUUID } from 'node:crypto'
import express, { Router, type ErrorRequestHandler } from 'express'
import { audit, bindContext, getLogger, system } from 'clew'
import type { Calendar } from './calendar.ts'
import type { Interviews } from './interviews.ts'
import { logIn } from './log-in.ts'
import type { People, Person } from './people.ts'
import { rank } from './rank.ts'
import { takeResumes, type Resume } from './resumes.ts'

const log = getLogger('api')

/** What the API works with. */
export interface ApiParts {
  readonly people: People
  readonly interviews: Interviews
  readonly calendar: Calendar
}

/** The routes of the service. */
export function createApi({ people, interviews, calendar }: ApiParts): Router {
  const api = Router()
  api.use(express.json(), logIn(people))
  api.param('id', (_request, _response, next, id: string) => {
    bindContext({ 'session.id': id })
    next()
  })

  api.post('/resumes', (request, response) => {
    response.status(207).json(takeResumes(request.body as Resume[]))
  })

  api.post('/interviews', async (request, response) => {
    const { candidate, at } = request.body as { candidate: string; at: string }
    const id = randomUUID()
    bindContext({ 'session.id': id })
    const user = response.locals['person'] as Person
    await interviews.plan({ id, candidate, at })
    await calendar.invite(id, at)
    audit.scheduled({ user, subject: 'interview', id, participants: [candidate, user.id], at })
    response.status(201).json({ id })
  })

  api.delete('/interviews/:id', async (request, response) => {
    const user = response.locals['person'] as Person
    if (user.role !== 'admin') {
      audit.permissionDenied({ user, action: 'delete_interview', reason: 'admins only' })
      response.status(403).json({ error: 'admins only' })
      return
    }
    await interviews.remove(request.params.id)
    audit.deleted({ user, resource: 'interview', id: request.params.id })
    response.status(204).end()
  })

  api.post('/interviews/:id/ranking', async (request, response) => {
    response.json(await rank(request.params.id))
  })

  api.post('/interviews/:id/archive', () => {
    const cause = new Error('connect ECONNREFUSED postgres://archive:planted-archive-password@archive.example:5432/old')
    throw new Error('the interview could not be archived', { cause })
  })

  api.post('/index', (_request, response) => {
    audit.adminOperation({ user: response.locals['person'] as Person, operation: 'rebuild_index', target: 'resumes' })
    system.maintenance({ message: 'the index is rebuilt', details: { index: 'resumes' } })
    response.status(202).end()
  })

  api.use(failed)
  return api
}

const failed: ErrorRequestHandler = (error: unknown, _request, response, _next) => {
  log.error('request failed', error)
  response.status(500).json({ error: 'something went wrong' })
}
