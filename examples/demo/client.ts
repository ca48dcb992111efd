import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { WebSocket } from 'ws'
import type { Tally } from './tally.ts'

const ANSWER_MILLIS = 10_000

/** What a call may carry. */
export interface CallDetails {
  readonly body?: object
  readonly user?: string
  readonly token?: string
  readonly session?: string
}

/** A client of the example service that keeps a tally of what it does. */
export class ServiceClient {
  readonly #url: string
  readonly #tally: Tally

  constructor(url: string, tally: Tally) {
    this.#url = url
    this.#tally = tally
  }

  /** Sends a request; `:id` in the route is the session. @returns the answer's body */
  async call(method: string, route: string, details: CallDetails = {}): Promise<Record<string, unknown>> {
    const { body, user, token, session } = details
    const id = randomUUID()
    const path = route.replace(':id', session ?? '')
    const response = await fetch(this.#url + path, {
      method,
      headers: {
        'x-request-id': id,
        ...(token === undefined ? undefined : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? undefined : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_MILLIS),
    })
    const answer = (await response.json()) as Record<string, unknown>
    const { status } = response
    this.#tally.requests.push({ id, method, route, path, status, user, session: session ?? (answer['id'] as string) })
    return answer
  }

  /** Holds a WebSocket session: says utterances, each in pieces, and waits for each to be published. */
  async speak(session: string, utterances: readonly string[], pause: () => Promise<void>): Promise<void> {
    const socket = new WebSocket(`${this.#url.replace('http', 'ws')}/live?session_id=${session}`)
    await once(socket, 'open', { signal: AbortSignal.timeout(ANSWER_MILLIS) })
    const published: number[] = []
    let chunks = 0
    for (const utterance of utterances) {
      const answered = once(socket, 'message', { signal: AbortSignal.timeout(ANSWER_MILLIS) })
      const pieces = utterance.split(' ')
      for (const [index, text] of pieces.entries()) {
        socket.send(JSON.stringify({ text, last: index === pieces.length - 1 }))
        chunks++
      }
      const [data] = (await answered) as [Buffer]
      published.push((JSON.parse(data.toString()) as { published: number }).published)
      await pause()
    }
    const closed = once(socket, 'close', { signal: AbortSignal.timeout(ANSWER_MILLIS) })
    socket.close(1000, 'the interview is over')
    const [closeCode] = (await closed) as [number]
    this.#tally.sockets.push({ session, chunks, published, closeCode })
  }
}
