const V4_MAPPED = '::ffff:'

/** A dual-stack socket tells IPv4 addresses in IPv6 form; people and firewalls know them without. */
export function plainAddress(address: string): string {
  return address.startsWith(V4_MAPPED) && address.includes('.') ? address.slice(V4_MAPPED.length) : address
}
