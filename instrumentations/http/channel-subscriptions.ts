import { subscribe, unsubscribe } from 'node:diagnostics_channel'

/** What hears a channel; a message is whatever its library publishes. */
export type ChannelListener = (message: never) => void

/** Listens to channels by name; a listener's failure goes to `onError` and never to the library. */
export class ChannelSubscriptions {
  readonly #subscribed: [string, (message: unknown) => void][] = []

  constructor(listeners: Readonly<Record<string, ChannelListener>>, onError: (error: unknown) => void) {
    for (const [name, listener] of Object.entries(listeners)) {
      const guarded = (message: unknown): void => {
        try {
          listener(message as never)
        } catch (error) {
          onError(error)
        }
      }
      subscribe(name, guarded)
      this.#subscribed.push([name, guarded])
    }
  }

  remove(): void {
    for (const [name, listener] of this.#subscribed.splice(0)) unsubscribe(name, listener)
  }
}
