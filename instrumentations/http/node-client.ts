import type { TextMapSetter } from '@opentelemetry/api'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { activeContext, isSuppressed } from '../../src/context/index.ts'
import { ChannelSubscriptions } from './channel-subscriptions.ts'
import { ClientCall, type ClientParts } from './client-call.ts'
import { EmitPatch } from './emit-patch.ts'
import { headerLine } from './header-line.ts'
import { parseHost, type Host } from './host.ts'

const CALL = Symbol.for('clew.http.call')

/** What Node keeps on a request besides what it documents. */
interface NodeRequest extends ClientRequest {
  /** The head, when it is written already although nothing is sent. */
  _header: string | null
  /** What waits for the connection. */
  readonly outputData: readonly { data: unknown }[]
  outputSize: number
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
  const scheme = request.protocol === 'https:' ? 'https' : 'http'
  const target = { method: request.method, scheme, host: hostOf(request), target: request.path } as const
  const call = new ClientCall(caller, target, parts)
  request[CALL] = call
  call.propagate(request, HEADERS, (name) => readHeader(request, name) !== undefined)
  call.sending((name) => readHeader(request, name))
}

function answered({ res }: NodeRequest, call: ClientCall): void {
  if (res !== undefined && res !== null) call.answered(res.statusCode, (name) => res.headers[name])
}

function end(request: NodeRequest, call: ClientCall): void {
  const { res } = request
  if (res !== undefined && res !== null && res.errored !== null) call.failed(res.errored)
  call.end()
}

/** The port stands only in the `Host` header; one that names another host than the request goes to was made by the application. */
function hostOf(request: NodeRequest): Host {
  const address = request.host.replace(/^\[|\]$/g, '')
  const header = request.getHeader('host')
  const host = typeof header === 'string' ? parseHost(header) : undefined
  return host?.address === address ? host : { address, port: undefined }
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
