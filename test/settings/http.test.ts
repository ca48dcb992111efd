import { afterAll, describe, expect, test } from 'vitest'
import { fileTrial } from '../support/settings-file.ts'
import { resolveSettings, SettingsError, type HttpOptions, type InitOptions } from '../../dist/src/settings/index.js'

const trial = fileTrial()
afterAll(() => trial.remove())

const DEFAULTS = {
  slowMillis: 1_000,
  receivedLevel: 'DEBUG',
  ignorePaths: [],
  trustedProxies: false,
  requestIdHeader: 'x-request-id',
  propagateRequestId: ['own'],
  captureHeaders: { request: [], response: [], clientRequest: [], clientResponse: [] },
  serviceNames: {},
  cardinalityLimit: 1_000,
}

const httpOf = (options: InitOptions): unknown => resolveSettings({ service: 's', ...options }, {}).settings.http

describe('http', () => {
  test('is on, with defaults for all that is not said', () => {
    expect(httpOf({})).toEqual(DEFAULTS)
    expect(httpOf({ http: true, slowMillis: 7 })).toEqual({ ...DEFAULTS, slowMillis: 7 })
    expect(httpOf({ http: {} })).toEqual(DEFAULTS)
    expect(httpOf({ http: false })).toBe(false)
  })

  test('takes options from code, with expressions', () => {
    const http = {
      slowMillis: 5,
      ignorePaths: ['/health', /^\/ready/],
      trustedProxies: ['loopback', '10.0.0.0/8'],
      captureHeaders: { request: ['X-Tenant'] },
    }
    expect(httpOf({ http, slowMillis: 7 })).toEqual({
      ...DEFAULTS,
      ...http,
      captureHeaders: { ...DEFAULTS.captureHeaders, request: ['X-Tenant'] },
    })
  })

  test('takes options from the file, leaf by leaf behind those of code', () => {
    const text = `logging:
  http:
    slow_ms: 250
    received_level: INFO
    ignore_paths: [/health, "/internal/*"]
    trusted_proxies: 2
    request_id_header: X-Correlation-ID
    propagate_request_id: ["*.shop.example", own]
    capture_headers: { request: [x-tenant], client_response: [x-cache] }
    service_names: { api.stripe.com: payments }
    cardinality_limit: 50
`
    expect(trial.resolve(text, {}, { http: { slowMillis: 9 } }).settings.http).toEqual({
      slowMillis: 9,
      receivedLevel: 'INFO',
      ignorePaths: ['/health', '/internal/*'],
      trustedProxies: 2,
      requestIdHeader: 'X-Correlation-ID',
      propagateRequestId: ['*.shop.example', 'own'],
      captureHeaders: { request: ['x-tenant'], response: [], clientRequest: [], clientResponse: ['x-cache'] },
      serviceNames: { 'api.stripe.com': 'payments' },
      cardinalityLimit: 50,
    })
    expect(trial.resolve(text, {}, { http: false }).settings.http).toBe(false)
    expect(trial.resolve('logging: { http: false }', {}, {}).settings.http).toBe(false)
  })

  test('tells all that is wrong with it in one message', () => {
    const http = {
      slowMillis: -1,
      receivedLevel: 'info',
      ignorePaths: ['health', 5],
      trustedProxies: ['10.0.0.0/33', 'my-proxy'],
      requestIdHeader: 'request id',
      propagateRequestId: 'everywhere',
      captureHeaders: { request: ['a b'], answer: [] },
      serviceNames: { 'api.example': 5 },
      cardinalityLimit: 1,
      colour: true,
    } as unknown as HttpOptions
    let error: unknown
    try {
      httpOf({ http })
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(SettingsError)
    const proxies = 'addresses, networks such as 10.0.0.0/8, or loopback, linklocal, private'
    expect((error as Error).message.split('\n').slice(1).map((line) => line.trim())).toEqual([
      'init({ http.slowMillis }): found -1; allowed: a number of milliseconds, 0 or more',
      "init({ http.receivedLevel }): found \"info\"; allowed: 'DEBUG' or 'INFO' (did you mean \"INFO\"?)",
      'init({ http.ignorePaths.0 }): found "health"; allowed: paths such as /health; * stands for any characters',
      'init({ http.ignorePaths.1 }): found 5; allowed: paths such as /health; * stands for any characters',
      `init({ http.trustedProxies.0 }): found "10.0.0.0/33"; allowed: ${proxies}`,
      `init({ http.trustedProxies.1 }): found "my-proxy"; allowed: ${proxies}`,
      'init({ http.requestIdHeader }): found "request id"; allowed: the name of a header',
      "init({ http.propagateRequestId }): found \"everywhere\"; allowed: true, false, or a list of hosts such as *.example.com, or 'own'",
      'init({ http.captureHeaders.request.0 }): found "a b"; allowed: the name of a header',
      'init({ http.serviceNames.api.example }): found 5; allowed: a name',
      'init({ http.cardinalityLimit }): found 1; allowed: a whole number from 2 to 2000',
      'init({ http.captureHeaders.answer }): found an option that clew does not have; allowed: request, response, clientRequest, clientResponse',
      'init({ http.colour }): found an option that clew does not have; allowed: the options in docs/options.md',
    ]) // prettier-ignore
  })
})
