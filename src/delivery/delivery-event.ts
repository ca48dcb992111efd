import type { Outage } from './outage-watch.ts'

/** What delivery has to tell, as plain data that can cross between threads. */
export type DeliveryEvent =
  /** Something that a user should know. */
  | { readonly type: 'note'; readonly code: string; readonly message: string }
  /** A request failed. */
  | { readonly type: 'failed'; readonly message: string }
  /** Entries were left out since the last time. */
  | { readonly type: 'left_out' }
  /** The receiver takes everything again. */
  | { readonly type: 'recovered'; readonly outage: Outage }

/** Hears what delivery has to tell. */
export type DeliveryListener = (event: DeliveryEvent) => void
