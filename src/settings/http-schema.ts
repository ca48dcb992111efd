import * as v from 'valibot'
import { isAddressPattern, NETWORK_NAMES } from '../network/index.ts'
import { isHeader } from './header.ts'

const MILLIS_ALLOWED = 'a number of milliseconds, 0 or more'
const PATHS_ALLOWED = 'paths such as /health; * stands for any characters'
const PROXIES_ALLOWED = `addresses, networks such as 10.0.0.0/8, or ${NETWORK_NAMES.join(', ')}`
const TRUST_ALLOWED = `true, false, a number of proxies, or a list of ${PROXIES_ALLOWED}`
const HEADER_ALLOWED = 'the name of a header'
const HOSTS_ALLOWED = "hosts such as *.example.com, or 'own'"
const SPREAD_ALLOWED = `true, false, or a list of ${HOSTS_ALLOWED}`
const LEVEL_ALLOWED = "'DEBUG' or 'INFO'"
const LIMIT_ALLOWED = 'a whole number from 2 to 2000'

const header = v.pipe(
  v.string(HEADER_ALLOWED),
  v.check((name) => isHeader(name, ''), HEADER_ALLOWED),
)
const headers = () => v.optional(v.array(header, 'a list of names of headers'))
const names = (allowed: string) => v.array(v.pipe(v.string(allowed), v.nonEmpty(allowed)), `a list of ${allowed}`)
const proxy = v.pipe(v.string(PROXIES_ALLOWED), v.check(isAddressPattern, PROXIES_ALLOWED))
const hops = v.pipe(v.number(TRUST_ALLOWED), v.integer(TRUST_ALLOWED), v.minValue(0, TRUST_ALLOWED))
const path = v.union(
  [v.pipe(v.string(PATHS_ALLOWED), v.regex(/^[/*]/, PATHS_ALLOWED)), v.instance(RegExp)],
  PATHS_ALLOWED,
)

const options = {
  slowMillis: v.optional(v.pipe(v.number(MILLIS_ALLOWED), v.minValue(0, MILLIS_ALLOWED))),
  receivedLevel: v.optional(v.picklist(['DEBUG', 'INFO'], LEVEL_ALLOWED)),
  ignorePaths: v.optional(v.array(path, `a list of ${PATHS_ALLOWED}`)),
  trustedProxies: v.optional(v.union([v.boolean(), hops, v.array(proxy)], TRUST_ALLOWED)),
  requestIdHeader: v.optional(header),
  propagateRequestId: v.optional(v.union([v.boolean(), names(HOSTS_ALLOWED)], SPREAD_ALLOWED)),
  captureHeaders: v.optional(
    v.strictObject(
      { request: headers(), response: headers(), clientRequest: headers(), clientResponse: headers() },
      'an object of request, response, clientRequest, clientResponse',
    ),
  ),
  serviceNames: v.optional(
    v.record(v.string(), v.pipe(v.string('a name'), v.nonEmpty('a name')), 'an object of names by hosts'),
  ),
  cardinalityLimit: v.optional(
    v.pipe(
      v.number(LIMIT_ALLOWED),
      v.integer(LIMIT_ALLOWED),
      v.minValue(2, LIMIT_ALLOWED),
      v.maxValue(2_000, LIMIT_ALLOWED),
    ),
  ),
}

/** What `init({ http })` may be. */
export const http = v.union(
  [v.boolean(), v.strictObject(options, `an object of ${Object.keys(options).join(', ')}`)],
  'true, false, or an object such as { ignorePaths }',
)
