import type { Context } from '@opentelemetry/api'

/** Values that may be set before a chain is freed of those that nobody can see any more, beyond one for each key. */
const SPARE_NODES = 16

/**
 * An immutable context as a chain of single values: adding one costs one small object, where the API's own context copies a map.
 * What newer values hide goes after a while: a timer that starts itself anew from inside an operation, for ever, keeps no more than its last few contexts.
 * @see https://opentelemetry.io/docs/specs/otel/context/
 */
export class ContextNode implements Context {
  readonly #parent: ContextNode | undefined
  readonly #key: symbol | undefined
  readonly #value: unknown
  /** So many values may be added before hidden ones are looked for. */
  readonly #room: number

  constructor(parent?: ContextNode, key?: symbol, value?: unknown, room = SPARE_NODES) {
    this.#parent = parent
    this.#key = key
    this.#value = value
    this.#room = room
  }

  getValue(key: symbol): unknown {
    // oxlint-disable-next-line typescript/no-this-alias -- a walk up the chain begins here
    let node: ContextNode | undefined = this
    while (node !== undefined) {
      if (node.#key === key) return node.#value
      node = node.#parent
    }
    return undefined
  }

  setValue(key: symbol, value: unknown): Context {
    const room = this.#room
    if (room > 0) return new ContextNode(this, key, value, room - 1)
    return new ContextNode(this.#withoutHidden(), key, value)
  }

  deleteValue(key: symbol): Context {
    return this.setValue(key, undefined)
  }

  /** The same values in as short a chain as can be. */
  #withoutHidden(): ContextNode {
    const values = new Map<symbol, unknown>()
    // oxlint-disable-next-line typescript/no-this-alias -- a walk up the chain begins here
    let node: ContextNode | undefined = this
    while (node !== undefined && node.#key !== undefined) {
      if (!values.has(node.#key)) values.set(node.#key, node.#value)
      node = node.#parent
    }
    let kept = ROOT_NODE
    for (const [key, value] of values) if (value !== undefined) kept = new ContextNode(kept, key, value)
    return kept
  }
}

export const ROOT_NODE = new ContextNode()
