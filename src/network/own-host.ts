import { AddressList, NETWORK_NAMES } from './address-list.ts'

/** Names that public name servers never answer: reserved ones, and those of clusters. @see https://www.iana.org/assignments/special-use-domain-names */
const OWN_NAME = /(?:^|\.)(?:localhost|local|internal|intranet|lan|home\.arpa|svc|cluster\.local|test)$/

let own: AddressList | undefined

/** Whether a host is of one's own network: a loopback or private address, a name without a dot (as services have in a cluster), or one below a name that is not public. */
export function isOwnHost(host: string): boolean {
  const name = host.toLowerCase()
  own ??= new AddressList(NETWORK_NAMES)
  if (own.has(name)) return true
  return !name.includes(':') && (!name.includes('.') || OWN_NAME.test(name))
}
