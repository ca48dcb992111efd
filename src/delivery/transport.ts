import type { Signal } from '../spool/index.ts'

/** What became of a request. */
export type SendResult =
  /** The receiver has it. `rejected` counts what it took but will not keep. */
  | { readonly kind: 'delivered'; readonly rejected: number; readonly message: string }
  /** The receiver can't take it now: the same request may go out again. */
  | { readonly kind: 'later'; readonly retryAfterMillis: number | undefined; readonly message: string }
  /** The receiver will never take it; `splittable` when a smaller part of it might pass. */
  | { readonly kind: 'refused'; readonly splittable: boolean; readonly message: string }

/** Takes request bodies to a receiver, each once. */
export interface Transport {
  /** Sends one export request. Never rejects: what went wrong is in the result. */
  send(signal: Signal, body: Uint8Array): Promise<SendResult>
  /** Lets go of sockets. */
  close(): void
}
