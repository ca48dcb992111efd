/**
 * Attribute keys, metric and event names of HTTP, by OpenTelemetry's stable conventions; those under `clew.` are ours.
 * @see https://opentelemetry.io/docs/specs/semconv/http/
 */
export const METHOD = 'http.request.method'
export const METHOD_ORIGINAL = 'http.request.method_original'
export const STATUS_CODE = 'http.response.status_code'
export const ROUTE = 'http.route'
export const URL_FULL = 'url.full'
export const URL_PATH = 'url.path'
export const URL_QUERY = 'url.query'
export const URL_SCHEME = 'url.scheme'
export const CLIENT_ADDRESS = 'client.address'
export const PEER_ADDRESS = 'network.peer.address'
export const PROTOCOL_VERSION = 'network.protocol.version'
export const SERVER_ADDRESS = 'server.address'
export const SERVER_PORT = 'server.port'
export const USER_AGENT = 'user_agent.original'
export const ERROR_TYPE = 'error.type'
export const REQUEST_ID = 'clew.request.id'
export const DURATION_MILLIS = 'clew.duration_ms'
export const REQUEST_SIZE = 'http.request.body.size'
export const RESPONSE_SIZE = 'http.response.body.size'
export const SERVICE = 'service.peer.name'
export const ENDPOINT = 'clew.endpoint'
/** A call that is told before it came to its end, since that takes too long. */
export const UNFINISHED = 'clew.http.unfinished'
/** So many of a kind, the last of which is told. */
export const COUNT = 'clew.count'

export const SERVER_DURATION_METRIC = 'http.server.request.duration'
export const ACTIVE_REQUESTS_METRIC = 'http.server.active_requests'
export const CLIENT_DURATION_METRIC = 'http.client.request.duration'

/** A request that this process answered. */
export const API_REQUEST = 'API_REQUEST'
/** Requests that were no HTTP, or did not come to an end in time. */
export const BROKEN_REQUEST = 'BROKEN_REQUEST'
/** A request that this process made. */
export const EXTERNAL_API_CALL = 'EXTERNAL_API_CALL'
