import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { crc32 } from 'node:zlib'

/** Milliseconds by a clock that nobody can set, which all processes share from the machine's start on. The age of what waits is measured by it alone. */
export function monotonicMillis(): number {
  return Number(process.hrtime.bigint() / 1_000n) / 1_000
}

/** Which clock that is: times from a machine's other runs, or from other machines, mean nothing here. */
export const CLOCK_ID = bootId()

function bootId(): bigint {
  try {
    const id = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').replace(/[^0-9a-f]/g, '')
    return BigInt(`0x${id.slice(0, 16)}`)
  } catch {
    // Elsewhere a time of an earlier run is taken for later than it was, so that what waits only seems younger.
    return BigInt(crc32(hostname()))
  }
}
