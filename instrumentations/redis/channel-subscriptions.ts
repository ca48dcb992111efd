import { channel, tracingChannel, type Channel } from 'node:diagnostics_channel'
import type { AsyncLocalStorage } from 'node:async_hooks'

/** What is done about calls of one kind. */
export interface CallListener<M, T> {
  /** @returns what is kept of the call until it ends; undefined when it is of no interest */
  begin(message: M): T | undefined
  succeed(running: T, message: M): void
  fail(running: T, error: unknown, message: M): void
}

/** A store that holds something while calls of one kind run, and in all that they start. */
export interface CallStore<T, S> {
  readonly store: AsyncLocalStorage<S>
  readonly value: (running: T) => S
}

type CallMessage<T> = { [key: symbol]: T | undefined } & { readonly error?: unknown }

/** Subscriptions to the channels of a library; all end at once. What a listener throws never reaches the library. */
export class ChannelSubscriptions {
  readonly #undo: (() => void)[] = []

  /** Hears what is published at one channel. */
  on(name: string, hear: (message: never) => void): void {
    this.#subscribe(channel(name), hear)
  }

  /** Hears how calls of one kind begin and end. */
  onCalls<M, T, S>(name: string, listener: CallListener<M, T>, around?: CallStore<T, S>): void {
    const key = Symbol(name)
    const { start, asyncEnd, error } = tracingChannel<CallMessage<T>, S>(name)
    const begin = (message: CallMessage<T>): T | undefined => (message[key] = listener.begin(message as M))
    const take = (message: CallMessage<T>): T | undefined => {
      const running = message[key]
      message[key] = undefined
      return running
    }
    if (around === undefined) this.#subscribe(start, begin)
    else this.#bind(start, around, begin)
    this.#subscribe(error, (message: CallMessage<T>) => {
      const running = take(message)
      if (running !== undefined) listener.fail(running, message.error, message as M)
    })
    this.#subscribe(asyncEnd, (message: CallMessage<T>) => {
      const running = take(message)
      if (running !== undefined) listener.succeed(running, message as M)
    })
  }

  end(): void {
    for (const undo of this.#undo.splice(0)) undo()
  }

  #subscribe(at: Channel, hear: (message: never) => void): void {
    const listener = (message: unknown): void => {
      try {
        hear(message as never)
      } catch {
        // A library must not notice that it is watched.
      }
    }
    at.subscribe(listener)
    this.#undo.push(() => at.unsubscribe(listener))
  }

  /** The value is made before the subscribers of `start` are called, so the call begins here. */
  #bind<T, S>(
    at: Channel<CallMessage<T>, S>,
    { store, value }: CallStore<T, S>,
    begin: (message: CallMessage<T>) => T | undefined,
  ): void {
    at.bindStore(store, (message: CallMessage<T>): S => {
      try {
        const running = begin(message)
        if (running !== undefined) return value(running)
      } catch {
        // As above; the store stays as it was.
      }
      return store.getStore() as S
    })
    this.#undo.push(() => at.unbindStore(store))
  }
}
