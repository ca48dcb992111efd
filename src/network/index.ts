export { AddressList, isAddressPattern, NETWORK_NAMES } from './address-list.ts'
export { isOwnHost } from './own-host.ts'
export { plainAddress } from './plain-address.ts'
