import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Instrumentation, InstrumentationStatus } from '../instrumentation.ts'
import type { Restore } from '../method-patch.ts'
import { watchPackage } from './loaded-packages.ts'
import type { BridgeSettings } from './loggers-settings.ts'

/** A logger library, and how it is bridged. */
export interface BridgedLibrary {
  readonly name: 'pino' | 'winston' | 'bunyan'
  /** The package's main file. */
  readonly main: RegExp
  /** The object whose methods all loggers of a copy share, found from what the package exports or from one of its loggers. Undefined when it is not one that is known. */
  target(value: unknown): object | undefined
  patch(target: object, settings: BridgeSettings): Restore
  /** Tells of each line, with its logger as `instance`. */
  readonly channel?: string
  /** Takes the record that the channel told of. */
  late?(message: unknown, settings: BridgeSettings): void
}

/** Bridges all copies of a library that the program has loaded, loads later, or names. */
export class LibraryBridge implements Instrumentation {
  readonly name: string
  readonly #library: BridgedLibrary
  readonly #settings: BridgeSettings
  readonly #patched = new Map<object, Restore>()
  #stops: Restore[] = []
  #known = new WeakSet()
  readonly #unknown = new Set<object>()

  constructor(library: BridgedLibrary, settings: BridgeSettings) {
    this.name = library.name
    this.#library = library
    this.#settings = settings
  }

  enable(): void {
    if (this.#stops.length > 0) return
    const { name, main, channel } = this.#library
    this.#stops.push(watchPackage(name, main, (exported) => this.#found(exported)))
    this.#stops.push(watchNamed((target) => this.add(target)))
    if (channel !== undefined && this.#patched.size === 0) this.#listen(channel)
  }

  disable(): void {
    for (const stop of this.#stops.splice(0)) stop()
    for (const restore of this.#patched.values()) restore()
    this.#patched.clear()
    this.#known = new WeakSet()
    this.#unknown.clear()
  }

  /** Bridges the copy that something belongs to. @returns whether it is of this library */
  add(value: unknown): boolean {
    const target = this.#library.target(value)
    if (target === undefined) return false
    if (!this.#patched.has(target)) this.#patched.set(target, this.#library.patch(target, this.#settings))
    return true
  }

  /** A package is heard of each time that somebody asks for it, also while it is being loaded. */
  #found(exported: object): void {
    if (this.#known.has(exported)) return
    this.#guard(() => {
      if (!this.add(exported)) this.#unknown.add(exported)
      else {
        this.#known.add(exported)
        this.#unknown.delete(exported)
      }
    })
  }

  /** Until a copy is found: a channel that somebody listens to costs something at each line. */
  #listen(channel: string): void {
    const hear = (message: unknown): void => {
      stop()
      this.#guard(() => {
        const { instance } = message as { instance?: unknown }
        if (this.#patched.size === 0 && this.add(instance)) this.#library.late?.(message, this.#settings)
      })
    }
    const stop = (): void => void unsubscribe(channel, hear)
    subscribe(channel, hear)
    this.#stops.push(stop)
  }

  #guard(step: () => void): void {
    try {
      step()
    } catch (error) {
      this.#settings.onError(error)
    }
  }

  status(): InstrumentationStatus {
    const { name } = this
    if (this.#stops.length === 0) return { name, active: false, detail: 'not enabled' }
    const copies = this.#patched.size
    const cure = `a copy that is not found, as in a bundle: bridgeLogger(logger) of clew/instrumentations/loggers`
    const unknown = this.#unknown.size === 0 ? '' : `${this.#unknown.size} older than what clew knows: update; `
    const found = copies === 0 ? 'none loaded so far' : `${copies} ${copies === 1 ? 'copy' : 'copies'}`
    const replaced = this.#settings.mode === 'replace' ? ", clew's lines in place of its own" : ''
    return { name, active: copies > 0, detail: `${unknown}${found}${replaced}; ${cure}` }
  }
}

const named = new Set<object>()
const watchers = new Set<(target: object) => boolean>()

function watchNamed(add: (target: object) => boolean): Restore {
  watchers.add(add)
  for (const target of named) add(target)
  return () => watchers.delete(add)
}

/** Names a copy's target to all bridges, also to those that are enabled later. */
export function nameTarget(target: object): void {
  named.add(target)
  for (const add of watchers) add(target)
}
