import { Router, type RequestHandler } from 'express'
import { audit, bindContext, getLogger } from 'clew'
import type { People, Person } from './people.ts'

const log = getLogger('log_in')

/** `POST /login`; every other way takes who is in. */
export function logIn(people: People): Router {
  const router = Router()
  router.post('/login', (request, response) => {
    const { user, password } = request.body as { user: string; password: string }
    // A careless line: the whole body, with the password.
    log.debug('login attempt', { body: request.body as object })
    const entered = people.logIn(user, password)
    if (entered === undefined) {
      audit.loginFailed({ user, method: 'password', reason: 'unknown user or wrong password' })
      response.status(401).json({ error: 'wrong user or password' })
      return
    }
    const { person, token } = entered
    bind(person)
    audit.login({ user: person, method: 'password' })
    audit.tokenCreated({ tokenType: 'bearer' })
    response.json({ token })
  })
  router.use(onlyKnown(people))
  return router
}

/** Binds who asks to everything that happens in the request or session. */
export function bind({ id, organization }: Person): void {
  bindContext({ 'user.id': id, 'tenant.id': organization })
}

function onlyKnown(people: People): RequestHandler {
  return (request, response, next) => {
    const person = people.whose(request.headers.authorization)
    if (person === undefined) {
      audit.unauthenticatedAccess({ action: `${request.method} ${request.path}`, reason: 'no valid token' })
      response.status(401).json({ error: 'log in first' })
      return
    }
    bind(person)
    // Another one: the header with the token.
    log.debug('known', { headers: request.headers })
    response.locals['person'] = person
    next()
  }
}
