import { AsyncLocalStorage } from 'node:async_hooks'
import type { Context } from '@opentelemetry/api'

/** Where clew keeps the running code's context: Node carries it over await, timers, streams and callbacks. */
export const contextStorage = new AsyncLocalStorage<Context>()
