import type {
  Agent,
  ClientRequest,
  IncomingHttpHeaders,
  IncomingMessage,
  OutgoingHttpHeaders,
  RequestOptions,
} from 'node:http'
import type { Socket } from 'node:net'

/** What was answered; of a long body only the beginning. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly content: Buffer
}

/** Posts bodies to one URL over kept-alive connections. */
export interface HttpTarget {
  readonly url: URL
  readonly agent: Agent
  /** `request` of `node:http` or `node:https`. */
  readonly request: (url: URL, options: RequestOptions) => ClientRequest
  /** For the whole exchange; 0 for no limit. */
  readonly timeoutMillis: number
}

const MAX_ANSWER_BYTES = 64 * 1024

/**
 * Posts a body and reads the answer, whatever it is; redirects are not followed. A kept-alive connection that the server closed just when it was used again is no failure: the
 * request goes out once more, at once.
 * @throws when no answer came, or none in time
 */
export async function exchange(target: HttpTarget, headers: OutgoingHttpHeaders, body: Buffer): Promise<HttpAnswer> {
  const { timeoutMillis, url, agent } = target
  const signal = timeoutMillis === 0 ? undefined : AbortSignal.timeout(timeoutMillis)
  const options = { method: 'POST', headers, agent, ...(signal === undefined ? undefined : { signal }) }
  const post = (): Promise<HttpAnswer> => answerTo(target.request(url, options), body)
  try {
    return await post().catch((error: unknown) => {
      if (error instanceof StaleConnection) return post()
      throw error
    })
  } catch (error) {
    throw signal?.aborted === true ? new Error(`no answer within ${timeoutMillis} ms`, { cause: error }) : error
  }
}

class StaleConnection extends Error {}

function answerTo(request: ClientRequest, body: Buffer): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const closed = (): void => reject(new Error('the connection was closed without an answer'))
    request.on('response', (response) => {
      request.off('close', closed)
      void readAnswer(response).then(resolve, reject)
    })
    request.on('error', (error: NodeJS.ErrnoException) => {
      const isClosed = error.code === 'ECONNRESET' || error.code === 'EPIPE'
      reject(isClosed && request.reusedSocket ? new StaleConnection(error.code, { cause: error }) : error)
    })
    // After a change of protocol (101) that nobody asked for Node closes the connection without another word.
    request.on('close', closed)
    request.on('socket', (socket) => whenTrusted(socket, () => request.end(body)))
  })
}

/**
 * Calls when the receiver's certificate has been checked, where there is one to check. What is written earlier waits in Node, which sends it as soon as the handshake is done: a thread that is
 * stopped in that moment would not check any more.
 */
function whenTrusted(socket: Socket & { readonly secureConnecting?: boolean }, write: () => void): void {
  if (socket.secureConnecting === true) socket.once('secureConnect', write)
  else write()
}

/** A refusal counts as soon as its head is there: who refuses a large body often closes the connection behind it. */
function readAnswer(response: IncomingMessage): Promise<HttpAnswer> {
  const { statusCode: status = 0, headers } = response
  const chunks: Buffer[] = []
  let length = 0
  const answer = (): HttpAnswer => ({ status, headers, content: Buffer.concat(chunks) })
  return new Promise((resolve, reject) => {
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      length += chunk.length
      if (length < MAX_ANSWER_BYTES) return
      resolve(answer())
      response.destroy()
    })
    response.on('end', () => resolve(answer()))
    response.on('error', (error) => (status < 300 ? reject(error) : resolve(answer())))
  })
}
