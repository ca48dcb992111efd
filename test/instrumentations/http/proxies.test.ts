import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { describe, expect, test } from 'vitest'
import { originOf } from '../../../instrumentations/http/forwarded.ts'
import { createTrust, type TrustedProxies } from '../../../instrumentations/http/trusted-proxies.ts'

interface Given {
  readonly trusted: TrustedProxies
  readonly peer?: string | undefined
  readonly headers: Readonly<Record<string, string>>
}

/** As Node would read them. */
function origin({ trusted, peer = '10.0.0.1', headers }: Given): Record<string, unknown> {
  const server = { address: () => (peer === 'unix' ? '/run/shop.sock' : { address: '::', port: 80 }) }
  const socket = { remoteAddress: isIP(peer) === 0 ? undefined : peer, destroyed: false, server }
  const request = { socket, headers: { host: 'inner:8080', ...headers } } as unknown as IncomingMessage
  const { clientAddress, peerAddress, scheme, host } = originOf(request, createTrust(trusted))
  return { client: clientAddress, proxy: peerAddress, scheme, host }
}

const DIRECT = { client: '10.0.0.1', proxy: undefined, scheme: 'http', host: 'inner:8080' }
const through = (client: string, more: object = {}) => ({ ...DIRECT, client, proxy: '10.0.0.1', ...more })
const xff = (value: string) => ({ 'x-forwarded-for': value })

describe('of what a client can write itself', () => {
  test.each<[string, TrustedProxies, Record<string, string>, unknown]>([
    ['nothing counts when nobody is trusted', false, xff('6.6.6.6'), DIRECT],
    ['nothing counts when no proxies are trusted', 0, xff('6.6.6.6'), DIRECT],
    ['nothing counts when the list is empty', [], xff('6.6.6.6'), DIRECT],
    ['nothing counts when the peer is none of the trusted', ['192.168.0.0/16'], xff('6.6.6.6'), DIRECT],
    ['nothing counts before the entry that the nearest proxy wrote', 1, xff('6.6.6.6, 203.0.113.9'), through('203.0.113.9')], // prettier-ignore
    ['nothing counts before the first that is not trusted', ['private'], xff('6.6.6.6, 203.0.113.9, 10.0.0.2'), through('203.0.113.9')], // prettier-ignore
    ['a trusted address that is told by somebody else does not count', ['private'], xff('6.6.6.6, 10.0.0.9, 203.0.113.9'), through('203.0.113.9')], // prettier-ignore
    ['Forwarded does not count beside what the proxy wrote', 1, { ...xff('203.0.113.9'), forwarded: 'for=6.6.6.6' }, through('203.0.113.9')], // prettier-ignore
    ['what is no address is not told', 1, xff('<script>'), DIRECT],
    ['what is no scheme is not told', 1, { 'x-forwarded-proto': 'gopher' }, DIRECT],
    ['a Forwarded that breaks the rules does not count', 1, { forwarded: 'for=203.0.113.9;;"' }, DIRECT],
  ])('%s', (_case, trusted, headers, expected) => {
    expect(origin({ trusted, headers })).toEqual(expected)
  })
})

describe('what proxies wrote counts', () => {
  test.each<[string, TrustedProxies, Record<string, string>, unknown]>([
    ['from all of them', true, xff('203.0.113.9, 198.51.100.1, 10.0.0.2'), through('203.0.113.9')],
    ['from two of them', 2, xff('6.6.6.6, 203.0.113.9, 10.0.0.2'), through('203.0.113.9')],
    ['from as many as there are', 9, xff('203.0.113.9, 10.0.0.2'), through('203.0.113.9')],
    ['by address and by network', ['10.0.0.1', '192.168.7.0/24'], xff('203.0.113.9, 192.168.7.9'), through('203.0.113.9')], // prettier-ignore
    ['by names of networks', ['loopback', 'private'], xff('203.0.113.9, fd00::7, 127.0.0.1'), through('203.0.113.9')],
    ['also where all of them are trusted', ['private'], xff('10.0.0.7, 10.0.0.2'), through('10.0.0.7')],
    ['with ports, in brackets, and IPv4 in the form of IPv6', 2, xff('[2001:db8::1]:4711, ::ffff:10.0.0.2'), through('2001:db8::1')], // prettier-ignore
    ['of the scheme and the host', 1, { ...xff('203.0.113.9'), 'x-forwarded-proto': 'HTTPS', 'x-forwarded-host': 'shop.example' }, through('203.0.113.9', { scheme: 'https', host: 'shop.example' })], // prettier-ignore
    ['of the scheme alone', ['private'], { 'x-forwarded-proto': 'https' }, { ...DIRECT, scheme: 'https' }],
    ['in Forwarded', 1, { forwarded: 'for=203.0.113.9;proto=https;host=shop.example;by=10.0.0.1' }, through('203.0.113.9', { scheme: 'https', host: 'shop.example' })], // prettier-ignore
    ['in Forwarded, quoted, in any case, over several', ['private'], { forwarded: 'for=6.6.6.6, For="[2001:db8::1]:4711" ; Proto=https, for=10.0.0.2;host="a\\"b"' }, through('2001:db8::1', { scheme: 'https' })], // prettier-ignore
    ['in Forwarded, as far as it tells addresses', true, { forwarded: 'for=_hidden, for=unknown, for=203.0.113.9' }, through('203.0.113.9')], // prettier-ignore
  ])('%s', (_case, trusted, headers, expected) => {
    expect(origin({ trusted, headers })).toEqual(expected)
  })

  test('of one that is reached by a local socket, which has no address', () => {
    const told = { client: '203.0.113.9', proxy: undefined, scheme: 'http', host: 'inner:8080' }
    expect(origin({ trusted: ['loopback'], peer: 'unix', headers: xff('203.0.113.9') })).toEqual(told)
    expect(origin({ trusted: ['private'], peer: 'unix', headers: xff('203.0.113.9') }).client).toBeUndefined()
  })

  test('but not of a connection by TCP that has lost its address, since it was reset', () => {
    expect(origin({ trusted: ['loopback'], peer: 'reset', headers: xff('6.6.6.6') })).toEqual({
      ...DIRECT,
      client: undefined,
    })
  })
})

test('a header of 16 KB that was made to be slow is read in no time', () => {
  const started = process.cpuUsage()
  for (const forwarded of [
    `for="${'\\"'.repeat(8_000)}`,
    'a'.repeat(16_000),
    `for=${';'.repeat(16_000)}`,
    ' '.repeat(16_000),
  ])
    // prettier-ignore
    origin({ trusted: true, headers: { forwarded } })
  origin({ trusted: ['private'], headers: xff(','.repeat(16_000)) })
  expect(process.cpuUsage(started).user / 1_000).toBeLessThan(500)
})

test.each<[TrustedProxies, RegExp]>([
  [['10.0.0.0/33'], /"10\.0\.0\.0\/33" is no address/],
  [['proxy.example'], /"proxy\.example" is no address/],
  [['10.0.0.0/8/8'], /is no address/],
  [['::1/129'], /is no address/],
  [-1, /trustedProxies is -1/],
  [1.5, /trustedProxies is 1\.5/],
])('%j is refused', (trusted, message) => {
  expect(() => createTrust(trusted)).toThrow(message)
})
