import type { Attributes } from '@opentelemetry/api'
import { stableAttributes } from '../../src/metrics/index.ts'
import * as keys from './attributes.ts'

export type Scheme = 'http' | 'https'

/** What tells one kind of request from another. */
export interface Measured {
  readonly method: string
  readonly scheme: Scheme
  readonly status: number | undefined
  readonly errorType: string | undefined
  /** Of a request to this process. */
  readonly route?: string | undefined
  /** Of a call: who is called. */
  readonly address?: string | undefined
  readonly port?: number | undefined
}

/** What stands for all that came beyond a limit. @see https://opentelemetry.io/docs/specs/otel/metrics/sdk/#cardinality-limits */
export const OVERFLOW = stableAttributes({ 'otel.metric.overflow': true })

/**
 * The combinations of attributes under which something is measured: one object each, made once, and no more of them than a limit, so that neither routes without end nor hosts without end
 * can fill the memory, here or where metrics are kept.
 */
export class AttributeSets {
  readonly #sets = new Map<string, Attributes>()
  readonly #limit: number
  /** What was measured last, and under what: mostly the next is of the same kind. */
  #last: Measured | undefined
  #lastSet = OVERFLOW

  constructor(limit: number) {
    this.#limit = limit
  }

  /** What something is to be measured under. */
  of(measured: Measured): Attributes {
    if (this.#last === undefined || !isSame(measured, this.#last)) {
      this.#lastSet = this.#find(measured)
      this.#last = measured
    }
    return this.#lastSet
  }

  #find(measured: Measured): Attributes {
    const { method, scheme, status, errorType, route, address, port } = measured
    const key = `${method} ${scheme} ${status} ${address} ${port} ${errorType} ${route}`
    const known = this.#sets.get(key)
    if (known !== undefined) return known
    // One place is for what overflows.
    if (this.#sets.size >= this.#limit - 1) return OVERFLOW
    const attributes = attributesOf(measured)
    this.#sets.set(key, attributes)
    return attributes
  }
}

function isSame(one: Measured, other: Measured): boolean {
  return (
    one.route === other.route &&
    one.status === other.status &&
    one.method === other.method &&
    one.scheme === other.scheme &&
    one.address === other.address &&
    one.port === other.port &&
    one.errorType === other.errorType
  )
}

function attributesOf({ method, scheme, status, errorType, route, address, port }: Measured): Attributes {
  const attributes: Attributes = { [keys.METHOD]: method, [keys.URL_SCHEME]: scheme }
  if (status !== undefined) attributes[keys.STATUS_CODE] = status
  if (errorType !== undefined) attributes[keys.ERROR_TYPE] = errorType
  if (route !== undefined) attributes[keys.ROUTE] = route
  if (address !== undefined) attributes[keys.SERVER_ADDRESS] = address
  if (port !== undefined) attributes[keys.SERVER_PORT] = port
  return stableAttributes(attributes)
}
