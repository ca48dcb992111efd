import { once } from 'node:events'
import { WebSocket } from 'ws'

/** What the users did, and what they were answered. */
export interface Visit {
  /** Method, path and status of each request, by its id. */
  readonly answers: Readonly<Record<string, string>>
  /** The interview that was held, and the one that was deleted. */
  readonly interviews: readonly [string, string]
  /** What must be nowhere. */
  readonly secrets: readonly string[]
  /** The close codes that the WebSocket clients saw: of the one who is not known, and of the one who stayed until the end. */
  readonly closed: Promise<readonly [number, number]>
}

/** Passwords end in the user's id, the right ones. */
const PASSWORD = 'planted-password-of-'
const URL_TOKEN = 'planted-token-in-the-url'
const RESUMES = [
  { name: 'lin.pdf', type: 'application/pdf', text: 'ten years of looms' },
  { name: 'empty.txt', type: 'text/plain', text: '' },
  { name: 'virus.exe', type: 'application/octet-stream', text: 'MZ' },
]

/** One after the other, each request with an id of its own: `r1`, `r2` … */
class Client {
  readonly answers: Record<string, string> = {}
  readonly #host: string

  constructor(host: string) {
    this.#host = host
  }

  async ask<T>(method: string, path: string, body?: unknown, token?: string): Promise<T> {
    const id = `r${Object.keys(this.answers).length + 1}`
    const response = await fetch(`http://${this.#host}${path}`, {
      method,
      headers: {
        'x-request-id': id,
        'content-type': 'application/json',
        ...(token === undefined ? undefined : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? undefined : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    this.answers[id] = `${method} ${path} ${response.status}`
    return (text.startsWith('{') ? JSON.parse(text) : undefined) as T
  }

  async logIn(user: string, password = PASSWORD + user): Promise<string> {
    return (await this.ask<{ token?: string }>('POST', '/login', { user, password })).token ?? ''
  }

  live(session: string, token?: string): WebSocket {
    const headers = { 'user-agent': 'headset/1', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) }
    return new WebSocket(`ws://${this.#host}/live?session_id=${session}&access_token=${URL_TOKEN}`, { headers })
  }
}

/** Everything that the service can do, and much that it refuses. */
export async function visitRecruiting(host: string): Promise<Visit> {
  const client = new Client(host)
  for (let attempt = 1; attempt <= 5; attempt++) await client.logIn('u-eve')
  await client.logIn('u-ada', `${PASSWORD}nobody`)
  const ada = await client.logIn('u-ada')
  const grace = await client.logIn('u-grace')
  await client.ask('POST', '/resumes', RESUMES, ada)
  const interview = { candidate: 'c-lin', at: '2026-12-01T10:00:00Z' }
  const held = await client.ask<{ id: string }>('POST', '/interviews', interview, ada)
  const other = await client.ask<{ id: string }>('POST', '/interviews', interview, ada)
  await client.ask('DELETE', `/interviews/${other.id}`, undefined, ada)
  await client.ask('DELETE', `/interviews/${other.id}`, undefined, grace)
  await client.ask('POST', '/index', undefined, grace)
  await client.ask('GET', '/interviews', undefined, URL_TOKEN)
  const refused = await refuse(client.live('s-refused'))
  const socket = client.live(held.id, ada)
  await hold(socket)
  await client.ask('POST', `/interviews/${held.id}/ranking`, {}, ada)
  await client.ask('POST', `/interviews/${held.id}/archive`, {}, ada)
  return {
    answers: client.answers,
    interviews: [held.id, other.id],
    secrets: [PASSWORD, URL_TOKEN, ada, grace, 'planted-archive-password'],
    closed: once(socket, 'close').then(([code]) => [refused, code as number]),
  }
}

async function refuse(socket: WebSocket): Promise<number> {
  const [code] = (await once(socket, 'close')) as [number]
  return code
}

/** Two utterances; the answer to each says that it was published. */
async function hold(socket: WebSocket): Promise<void> {
  await once(socket, 'open')
  for (const words of ['how do you do', 'I weave']) {
    const published = once(socket, 'message')
    const pieces = words.split(' ')
    for (const [index, text] of pieces.entries())
      socket.send(JSON.stringify({ text, last: index === pieces.length - 1 }))
    await published
  }
}
