import type { Context } from '@opentelemetry/api'
import { BoundFields, type Fields } from '../otlp/index.ts'
import { ownFields } from '../values/index.ts'
import { activeContext } from './context-manager.ts'
import { Counts, type Measured } from './counts.ts'

const SCOPE = Symbol.for('clew.context.fields')

/** What a scope stands for: `bindContext` adds to the nearest request or session, `enrich` to the closing record of the nearest that has one. */
export type ScopeKind = 'block' | 'operation' | 'request' | 'session'

/** A scope this far below its root is the last one that holds what is between. */
const MAX_DEPTH = 8

/**
 * Fields that ride on every record and span of a stretch of work: its own, and those of the scopes around it, as they are at the time of asking.
 * Only a root's fields can change; so the scopes between can be put together where they nest deeply, as in a timer that starts itself anew from inside an operation.
 */
export class FieldScope {
  readonly kind: ScopeKind
  /** The request or session one is in; without one, the outermost scope. */
  readonly root: FieldScope
  /** The nearest operation, request or session; undefined when there is none around. */
  readonly closing: FieldScope | undefined
  readonly #around: FieldScope | undefined
  /** How far below its root this one is. */
  readonly #depth: number
  #own: BoundFields
  #changes = 0
  #merged: BoundFields | undefined
  #mergedVersion = -1
  #gathered: Record<string, unknown> | undefined
  #counts: Counts | undefined
  #audited: Fields | undefined
  #closed = false

  constructor(kind: ScopeKind, fields: Fields, parent?: FieldScope) {
    const isRoot = parent === undefined || kind === 'request' || kind === 'session'
    const deep = !isRoot && parent.#depth === MAX_DEPTH
    this.kind = kind
    this.root = isRoot ? this : parent.root
    this.closing = kind === 'block' ? parent?.closing : this
    this.#around = deep ? parent.root : parent
    this.#depth = isRoot ? 0 : deep ? 1 : parent.#depth + 1
    this.#own = new BoundFields(fields, deep ? parent.#belowRoot() : undefined)
  }

  /** The fields of the scopes from the root's, without them, down to this one. */
  #belowRoot(): BoundFields {
    const above = this.#around
    return above === undefined || above === this.root
      ? this.#own
      : new BoundFields(this.#own.fields, above.#belowRoot())
  }

  /** Grows with each change to this scope's root and to what is around that. */
  get #version(): number {
    const { root } = this
    return root.#around === undefined ? root.#changes : root.#changes + root.#around.#version
  }

  /** Adds fields from now on, also for scopes inside this one; for a root only. */
  bind(fields: Fields): void {
    this.#own = new BoundFields(fields, this.#own)
    this.#changes++
  }

  /** All fields that are in force here; inner ones win. */
  current(): BoundFields {
    const version = this.#version
    if (this.#merged === undefined || this.#mergedVersion !== version) {
      this.#merged = this.#around === undefined ? this.#own : new BoundFields(this.#own.fields, this.#around.current())
      this.#mergedVersion = version
    }
    return this.#merged
  }

  /** Has the audit records of a request or session carry these fields, too, which would be too long for every record. */
  tellAudit(fields: Fields): void {
    this.#audited = fields
  }

  /** What only audit records carry here. */
  get audited(): Fields | undefined {
    return this.root.#audited ?? this.root.#around?.audited
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
}

/** The innermost scope of a context. */
export function fieldScope(context: Context = activeContext()): FieldScope | undefined {
  return context.getValue(SCOPE) as FieldScope | undefined
}

/** A context inside the given one, in which the fields are bound. */
export function contextWithFields(context: Context, fields: Fields, kind: ScopeKind = 'block'): Context {
  return context.setValue(SCOPE, new FieldScope(kind, fields, fieldScope(context)))
}
