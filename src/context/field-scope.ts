import type { Context } from '@opentelemetry/api'
import { BoundFields, type Fields } from '../otlp/index.ts'
import { ownFields } from '../values/index.ts'
import { activeContext } from './context-manager.ts'

const SCOPE = Symbol.for('clew.context.fields')

/** What a scope stands for: `bindContext` adds to the nearest request or session, `enrich` to the closing record of the nearest that has one. */
export type ScopeKind = 'block' | 'operation' | 'request' | 'session'

/**
 * Fields that ride on every record and span of a stretch of work: its own, and those of the scopes around it, as they are at the time of asking. Only the fields of a root can change; so a scope holds its root and the fields
 * between it and that, and none of the scopes in between: however deep they nest, what is around stays one or two.
 */
export class FieldScope {
  readonly kind: ScopeKind
  /** The nearest operation, request or session; undefined when there is none around. */
  readonly closing: FieldScope | undefined
  /** The request or session one is in; without one, the outermost scope. */
  readonly root: FieldScope
  /** What can still change around this scope. */
  readonly #around: FieldScope | undefined
  #own: BoundFields
  #changes = 0
  #merged: BoundFields | undefined
  #mergedVersion = -1
  #gathered: Record<string, unknown> | undefined

  constructor(kind: ScopeKind, fields: Fields, parent?: FieldScope) {
    this.kind = kind
    this.closing = kind === 'block' ? parent?.closing : this
    const isRoot = parent === undefined || kind === 'request' || kind === 'session'
    this.root = isRoot ? this : parent.root
    this.#around = isRoot ? parent : parent.root
    this.#own = new BoundFields(fields, isRoot || parent === parent.root ? undefined : parent.#own)
  }

  get #version(): number {
    return this.#changes + (this.#around === undefined ? 0 : this.#around.#version)
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

  /** Keeps fields for the closing record of what this scope stands for. */
  gather(fields: Fields): void {
    this.#gathered = { ...this.#gathered, ...ownFields(fields) }
  }

  /** What was gathered so far. */
  get gathered(): Fields | undefined {
    return this.#gathered
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
