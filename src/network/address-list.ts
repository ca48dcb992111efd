import type { BlockList } from 'node:net'
import { plainAddress } from './plain-address.ts'

// By an import, this module of Node would be loaded by whoever only reads settings.
const net = (): typeof import('node:net') => process.getBuiltinModule('node:net')

const NETWORKS: ReadonlyMap<string, readonly string[]> = new Map([
  ['loopback', ['127.0.0.0/8', '::1/128']],
  ['linklocal', ['169.254.0.0/16', 'fe80::/10']],
  ['private', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7']],
])

/** Networks that may be named in place of their addresses. */
export const NETWORK_NAMES: readonly string[] = [...NETWORKS.keys()]

/** Whether a text is an address, a network such as `10.0.0.0/8`, or the name of one. */
export function isAddressPattern(text: string): boolean {
  if (NETWORKS.has(text)) return true
  const [address = '', length, ...more] = text.split('/')
  const version = net().isIP(address)
  if (version === 0 || more.length > 0) return false
  return length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= (version === 4 ? 32 : 128))
}

/** Addresses and networks, of IPv4 and IPv6. */
export class AddressList {
  readonly #list: BlockList

  /** @throws TypeError for what is no address, no network and no name of one */
  constructor(patterns: readonly string[]) {
    this.#list = new (net().BlockList)()
    for (const pattern of patterns) {
      if (!isAddressPattern(pattern))
        throw new TypeError(
          `${JSON.stringify(pattern)} is no address, no network and none of ${NETWORK_NAMES.join(', ')}`,
        )
      for (const network of NETWORKS.get(pattern) ?? [pattern]) this.#add(network)
    }
  }

  #add(network: string): void {
    const [address = '', length] = network.split('/')
    const family = familyOf(address)
    if (length === undefined) this.#list.addAddress(address, family)
    else this.#list.addSubnet(address, Number(length), family)
  }

  /** Whether the address is in the list; what is no address is not. */
  has(text: string): boolean {
    const address = plainAddress(text)
    return net().isIP(address) !== 0 && this.#list.check(address, familyOf(address))
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4'
}
