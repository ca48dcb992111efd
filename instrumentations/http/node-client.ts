import type { TextMapSetter } from '@opentelemetry/api'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { activeContext, isSuppressed } from '../../src/context/index.ts'
import { ChannelSubscriptions } from './channel-subscriptions.ts'
import { ClientCall, type ClientParts, type ClientTarget } from './client-call.ts'
import { EmitPatch } from './emit-patch.ts'
import { headerLine } from './header-line.ts'
import { defaultPort, parseAuthority, parseHost, type Host } from './host.ts'

const CALL = Symbol.for('clew.http.call')
const ABSOLUTE = /^https?:\/\//i

/** What Node keeps on a request besides what it documents. */
interface NodeRequest extends ClientRequest {
  /** The head, when it is written already although nothing is sent. */
  _header: string | null
  /** What waits for the connection. */
  readonly outputData: readonly { data: unknown }[]
  outputSize: number
  /** Where it goes by a local socket. */
  readonly socketPath?: string | null
  res?: IncomingMessage | null
  [CALL]?: ClientCall
}

/** Hears of every request made through `node:http` and `node:https`. @see https://nodejs.org/api/diagnostics_channel.html#http */
export function watchNodeClient(parts: ClientParts): ChannelSubscriptions {
  return new ChannelSubscriptions(
    {
      'http.client.request.created': ({ request }: { request: NodeRequest }) => begin(request, parts),
      'http.client.request.error': ({ request, error }: { request: NodeRequest; error: unknown }) =>
        request[CALL]?.failed(error),
    },
    parts.settings.onError,
  )
}

/** A place in front of the events of requests that are made: a listener of ours would be one more to whoever counts them, and one for `error` would change what happens to an error that nobody handles. */
export function patchClientRequests({ settings }: ClientParts): EmitPatch {
  const observe = (request: NodeRequest, call: ClientCall, event: unknown): void => {
    try {
      if (event === 'close') end(request, call)
      else answered(request, call)
    } catch (error) {
      settings.onError(error)
    }
  }
  return new EmitPatch(process.getBuiltinModule('node:http').ClientRequest.prototype, (next) => {
    return function emit(...args) {
      const call = (this as NodeRequest)[CALL]
      const [event] = args
      const isAnswer = event === 'response' || event === 'upgrade' || event === 'connect'
      if (call === undefined || (!isAnswer && event !== 'close')) return Reflect.apply(next(), this, args)
      if (isAnswer) observe(this as NodeRequest, call, event)
      try {
        return Reflect.apply(next(), this, args)
      } finally {
        // The last event of a request, however it ends.
        if (event === 'close') observe(this as NodeRequest, call, event)
      }
    }
  })
}

function begin(request: NodeRequest, parts: ClientParts): void {
  const caller = activeContext()
  if (request[CALL] !== undefined || isSuppressed(caller)) return
  const call = new ClientCall(caller, targetOf(request), parts)
  request[CALL] = call
  call.propagate(request, HEADERS, (name) => readHeader(request, name) !== undefined)
  call.sending((name) => readHeader(request, name))
}

function answered(request: NodeRequest, call: ClientCall): void {
  const { res } = request
  findPort(request, call)
  if (res !== undefined && res !== null) call.answered(res.statusCode, (name) => res.headers[name])
}

/** Where a request does not say which port it goes to, its connection does. */
function findPort({ socket }: NodeRequest, call: ClientCall): void {
  if (!call.lacksPort) return
  const port = socket?.remotePort
  if (port !== undefined) call.connectedTo(port)
}

function end(request: NodeRequest, call: ClientCall): void {
  const { res } = request
  findPort(request, call)
  if (res !== undefined && res !== null && res.errored !== null) call.failed(res.errored)
  call.end()
}

function targetOf(request: NodeRequest): ClientTarget {
  const { method, path, socketPath } = request
  if (ABSOLUTE.test(path) && URL.canParse(path)) {
    // By a proxy: the request goes on to whom its target names.
    const { protocol, host } = new URL(path)
    const scheme = protocol === 'https:' ? 'https' : 'http'
    return { method, scheme, host: parseAuthority(host, scheme), target: path }
  }
  const scheme = request.protocol === 'https:' ? 'https' : 'http'
  if (typeof socketPath !== 'string') return { method, scheme, host: hostOf(request, scheme), target: path }
  return { method, scheme, host: { address: socketPath, port: undefined }, localName: bareHost(request), target: path }
}

/** The port stands only in the `Host` header; one that names another host than the request goes to was made by the application. */
function hostOf(request: NodeRequest, scheme: string): Host {
  const address = bareHost(request)
  const header = readHeader(request, 'host')
  const host = typeof header === 'string' ? parseHost(header) : undefined
  if (host?.address !== address) return { address, port: undefined }
  return { address, port: host.port ?? defaultPort(scheme) }
}

function bareHost({ host }: NodeRequest): string {
  return host.replace(/^\[|\]$/g, '')
}

function readHeader(request: NodeRequest, name: string): unknown {
  if (typeof request._header !== 'string') return request.getHeader(name)
  return headerLine(name).exec(request._header)?.[1]
}

const HEADERS: TextMapSetter<NodeRequest> = {
  set(request, name, value) {
    if (typeof request._header === 'string') extendHead(request, request._header, name, value)
    else request.setHeader(name, value)
  },
}

/** With headers given as a list, or with `Expect`, Node has written the head when it tells of the request, but sends nothing before the next turn. */
function extendHead(request: NodeRequest, head: string, name: string, value: string): void {
  process.getBuiltinModule('node:http').validateHeaderValue(name, value)
  const line = `\r\n${name}: ${value}`
  const pattern = headerLine(name)
  const extended = pattern.test(head)
    ? head.replace(pattern, () => line)
    : head.replace(/\r\n\r\n$/, () => `${line}\r\n\r\n`)
  request._header = extended
  const [waiting] = request.outputData
  if (waiting?.data !== head) return
  waiting.data = extended
  request.outputSize += extended.length - head.length
}
