import type { Context } from '@opentelemetry/api'
import { BoundFields, type Fields } from '../otlp/index.ts'
import { ownFields } from '../values/index.ts'
import { activeContext } from './context-manager.ts'
import { Counts, type Measured } from './counts.ts'

const SCOPE = Symbol.for('clew.context.fields')

/** What a scope stands for: `bindContext` adds to the nearest request or session, `enrich` to the closing record of the nearest that has one. */
export type ScopeKind = 'block' | 'operation' | 'request' | 'session'

/**
 * Fields that ride on every record and span of a stretch of work: its own, and those of the scopes around it, as they are at the time of asking.
 */
export class FieldScope {
  readonly kind: ScopeKind
  readonly #parent: FieldScope | undefined
  #own: BoundFields
  #changes = 0
  #merged: BoundFields | undefined
  #mergedVersion = -1
  #gathered: Record<string, unknown> | undefined
  #counts: Counts | undefined
  #closed = false

  constructor(kind: ScopeKind, fields: Fields, parent?: FieldScope) {
    this.kind = kind
    this.#parent = parent
    this.#own = new BoundFields(fields)
  }

  get #version(): number {
    return this.#changes + (this.#parent === undefined ? 0 : this.#parent.#version)
  }

  /** Adds fields from now on, also for scopes inside this one. */
  bind(fields: Fields): void {
    this.#own = new BoundFields(fields, this.#own)
    this.#changes++
  }

  /** All fields that are in force here; inner ones win. */
  current(): BoundFields {
    const version = this.#version
    if (this.#merged === undefined || this.#mergedVersion !== version) {
      this.#merged = this.#parent === undefined ? this.#own : new BoundFields(this.#own.fields, this.#parent.current())
      this.#mergedVersion = version
    }
    return this.#merged
  }

  /** Keeps fields for the closing record of what this scope stands for. @returns false when that was written already */
  gather(fields: Fields): boolean {
    if (this.#closed) return false
    this.#gathered = { ...this.#gathered, ...ownFields(fields) }
    return true
  }

  /** Adds to a counter of the closing record. @returns false when that was written already */
  count(name: string, measured: Measured): boolean {
    if (this.#closed) return false
    this.#counts ??= new Counts()
    this.#counts.add(name, measured)
    return true
  }

  /** What was gathered and counted so far. */
  get gathered(): Fields | undefined {
    return this.#counts === undefined ? this.#gathered : { ...this.#gathered, ...this.#counts.fields() }
  }

  /** The closing record is written: what comes now is too late for it. */
  close(): void {
    this.#closed = true
  }

  /** The request or session one is in; without one, the outermost scope. */
  get root(): FieldScope {
    return this.kind === 'request' || this.kind === 'session' || this.#parent === undefined ? this : this.#parent.root
  }

  /** The nearest operation, request or session; undefined when there is none around. */
  get closing(): FieldScope | undefined {
    return this.kind === 'block' ? this.#parent?.closing : this
  }
}

/** The innermost scope of a context. */
export function fieldScope(context: Context = activeContext()): FieldScope | undefined {
  return context.getValue(SCOPE) as FieldScope | undefined
}

/** A context inside the given one, in which the fields are bound. */
export function contextWithFields(context: Context, fields: Fields, kind: ScopeKind = 'block'): Context {
  return context.setValue(SCOPE, new FieldScope(kind, fields, fieldScope(context)))
}
