import { randomUUID } from 'node:crypto'
import express, { type ErrorRequestHandler, type RequestHandler, Router } from 'express'
import { bindContext, getLogger } from 'clew'
import type { SessionStore } from './session-store.ts'
import { renderReport } from './report.ts'
import { scoreOf } from './score.ts'
import { checkUpload } from './upload.ts'

const log = getLogger('api')

/** What the API works with. */
export interface ApiParts {
  readonly store: SessionStore
  /** Who may log in is asked there. */
  readonly identityUrl: string
}

/** The routes of the service. */
export function createApi({ store, identityUrl }: ApiParts): Router {
  const users = new Map<string, string>()
  const api = Router()
  api.use(express.json(), identified(users))
  api.param('id', (_request, _response, next, id: string) => {
    bindContext({ 'session.id': id })
    next()
  })

  api.post('/login', async (request, response) => {
    const { user, password } = request.body as { user: string; password: string }
    // A careless line: the password is in it, and does not leave the process.
    log.debug('login attempt', { user, password })
    const answer = await fetch(`${identityUrl}/verify`, { method: 'POST', body: JSON.stringify({ user, password }) })
    if (!answer.ok) {
      log.warning('login refused', { user })
      response.status(401).json({ error: 'wrong user or password' })
      return
    }
    bindContext({ 'user.id': user })
    const token = randomUUID()
    users.set(token, user)
    log.info('logged in')
    response.json({ token })
  })

  api.post('/sessions', async (request, response) => {
    const session = { id: randomUUID(), candidate: (request.body as { candidate: string }).candidate }
    bindContext({ 'session.id': session.id })
    await store.save(session)
    log.info('session created', { candidate: session.candidate })
    response.status(201).json(session)
  })

  api.get('/sessions/:id', async (request, response) => {
    const session = await store.find(request.params.id)
    if (session === undefined) {
      log.warning('no such session')
      response.status(404).json({ error: 'no such session' })
      return
    }
    response.json(session)
  })

  api.post('/sessions/:id/answers', async (request, response) => {
    const { text } = request.body as { text: string }
    const score = await log.operation('score_answer', async (operation) => {
      const points = scoreOf(text)
      operation.set({ 'answer.score': points, 'answer.length': text.length })
      await store.addAnswer(request.params.id, text, points)
      return points
    })
    response.status(202).json({ score })
  })

  api.get('/sessions/:id/report', async (request, response) => {
    const { id } = request.params
    const session = await store.find(id)
    response.json(await renderReport(store, id, session?.candidate ?? 'unknown'))
  })

  api.post('/sessions/:id/finish', () => {
    throw new Error('the recording could not be stored', { cause: new Error('disk quota exceeded') })
  })

  api.post('/uploads', (request, response) => {
    const problem = checkUpload(request.body)
    if (problem === undefined) {
      response.status(201).json({})
      return
    }
    log.warning('upload refused', { field: problem.field, problem: problem.message })
    response.status(400).json({ error: problem })
  })

  api.use(failed)
  return api
}

/** Binds the user of a token to everything that happens in the request. */
function identified(users: ReadonlyMap<string, string>): RequestHandler {
  return (request, _response, next) => {
    const user = users.get(request.headers.authorization?.replace('Bearer ', '') ?? '')
    if (user !== undefined) bindContext({ 'user.id': user })
    next()
  }
}

const failed: ErrorRequestHandler = (error: unknown, _request, response, _next) => {
  log.error('request failed', error)
  response.status(500).json({ error: 'something went wrong' })
}
