import { randomUUID } from 'node:crypto'

const ACCEPTED = /^[A-Za-z0-9._:-]{1,128}$/

/** The id that a request came with, when it can be trusted to be harmless in logs and headers; else a new one. */
export function requestIdOf(header: string | string[] | undefined): string {
  return typeof header === 'string' && ACCEPTED.test(header) ? header : randomUUID()
}
