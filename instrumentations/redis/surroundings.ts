import { ROOT_CONTEXT, type Context } from '@opentelemetry/api'
import { AsyncLocalStorage } from 'node:async_hooks'
import { activeContext } from '../../src/context/index.ts'
import type { RedisOperation } from './redis-operation.ts'
import { isToldElsewhere } from './told-elsewhere.ts'

/** What a library does around a command: runs it as part of a batch, or keeps a connection. */
export type Surrounding = { readonly batch: RedisOperation } | { readonly connectedIn: Context }

/** Commands by which a connection is set up: no spans of their own. */
const HANDSHAKE = new Set(['HELLO', 'AUTH', 'SELECT', 'READONLY'])

/** Those that may fail without harm: an older server does not know them. */
const OPTIONAL_HANDSHAKE = new Set(['CLIENT', 'INFO'])

/** Bound to the libraries' channels, so that it holds in everything they start for a batch or a connection. */
export const surroundings = new AsyncLocalStorage<Surrounding>()

/** Where an operation belongs. */
export interface Place {
  readonly context: Context
  /** Whether it has a span of its own. */
  readonly traced: boolean
}

/**
 * A connection is made in the context of whoever needed it first, and its socket's events stay there for good; commands that are sent from such an event (those that
 * waited for the connection) belong to nobody we know, but surely not to that one.
 * @returns undefined for what is not worth telling even when it fails
 */
export function placeOf(name: string): Place | undefined {
  const surrounding = surroundings.getStore()
  const context = activeContext()
  if (surrounding === undefined) return { context, traced: !isToldElsewhere(context) }
  if ('batch' in surrounding) return { context: surrounding.batch.context, traced: false }
  if (surrounding.connectedIn !== context) return { context, traced: true }
  return OPTIONAL_HANDSHAKE.has(name) ? undefined : { context: ROOT_CONTEXT, traced: !HANDSHAKE.has(name) }
}
