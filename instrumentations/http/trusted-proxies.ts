import { AddressList } from '../../src/network/index.ts'

/** Which proxies in front of this server are believed. */
export type TrustedProxies = boolean | number | readonly string[]

/** How many proxies are believed, the nearest first, where this peer tells of these addresses, the farthest first. */
export type Trust = (peer: string | undefined, told: readonly (string | undefined)[]) => number

/**
 * What decides of each request which of its proxies are believed; undefined when none ever is.
 * @throws TypeError for what is no address, no network and no number of proxies
 */
export function createTrust(trusted: TrustedProxies): Trust | undefined {
  if (trusted === true) return () => Number.POSITIVE_INFINITY
  if (trusted === false || trusted === 0) return undefined
  if (typeof trusted !== 'number') return trusted.length === 0 ? undefined : trustList(new AddressList(trusted))
  if (!Number.isInteger(trusted) || trusted < 0)
    throw new TypeError(`trustedProxies is ${trusted}: true, a number of proxies, or a list of addresses`)
  return () => trusted
}

function trustList(list: AddressList): Trust {
  return (peer, told) => {
    let hops = 0
    let address = peer
    while (address !== undefined && hops <= told.length && list.has(address)) {
      hops++
      address = told[told.length - hops]
    }
    return hops
  }
}
