import type { Context } from '@opentelemetry/api'

/**
 * An immutable context as a chain of single values: adding one costs one small object, where the API's own context copies a map.
 * @see https://opentelemetry.io/docs/specs/otel/context/
 */
export class ContextNode implements Context {
  readonly #parent: ContextNode | undefined
  readonly #key: symbol | undefined
  readonly #value: unknown

  constructor(parent?: ContextNode, key?: symbol, value?: unknown) {
    this.#parent = parent
    this.#key = key
    this.#value = value
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
    return new ContextNode(this, key, value)
  }

  deleteValue(key: symbol): Context {
    return new ContextNode(this, key, undefined)
  }
}

export const ROOT_NODE = new ContextNode()
