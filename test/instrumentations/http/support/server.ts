import { once } from 'node:events'
import {
  createServer,
  request,
  type IncomingHttpHeaders,
  type RequestListener,
  type RequestOptions,
  type Server,
  type ServerOptions,
} from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'

/** A real server of a test. */
export interface TestServer {
  readonly server: Server
  readonly port: number
  readonly url: string
  stop(): Promise<void>
}

export async function startServer(handler: RequestListener, options: ServerOptions = {}): Promise<TestServer> {
  const server = createServer(options, handler)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const stop = async (): Promise<void> => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  return { server, port, url: `http://127.0.0.1:${port}`, stop }
}

export interface Answer {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Asks by hand, over a socket of its own: this client is not instrumented. */
export async function ask(port: number, text: string): Promise<string> {
  const socket = await openSocket(port)
  socket.write(text)
  return readAll(socket)
}

export async function openSocket(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

export async function readAll(socket: Socket): Promise<string> {
  let text = ''
  for await (const chunk of socket) text += String(chunk)
  return text
}

/** A GET's text, with a connection that ends after the answer. */
export function get(path: string, ...headers: string[]): string {
  return ['GET ' + path + ' HTTP/1.1', 'Host: shop.test:8080', 'Connection: close', ...headers, '', ''].join('\r\n')
}

/** Asks with `node:http`. */
export function call(url: string, options: RequestOptions = {}, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent: false, ...options }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: text }))
      response.on('error', reject)
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}
