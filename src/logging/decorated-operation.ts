import { plainText } from '../values/index.ts'
import { runOperation } from './operation.ts'
import { pipeline } from './pipeline.ts'
import type { OperationOptions } from './running-operation.ts'

/** How a decorated method is recorded. */
export interface DecoratedOperationOptions extends OperationOptions {
  /** @default the method's name */
  readonly name?: string
  /** @default the name of the object's class */
  readonly component?: string
}

/**
 * A decorator for methods: each call runs as an operation, as by `Logger.operation`.
 * @example
 * class Orders {
 *   \@operation({ slowMillis: 200 })
 *   async place(order) {}
 * }
 * @see https://github.com/tc39/proposal-decorators
 */
export function operation(options: DecoratedOperationOptions = {}) {
  /** The method as it was given, also a generic one. */
  return function decorate<This, M extends (this: This, ...args: never[]) => unknown>(
    method: M,
    context: ClassMethodDecoratorContext<This>,
  ): M {
    const name = options.name ?? plainText(context.name)
    return function decorated(this: This, ...args: never[]) {
      const component = pipeline.components.get(options.component ?? className(this))
      return runOperation({ name, options, component, bound: undefined }, () => Reflect.apply(method, this, args))
    } as M
  }
}

/** A static method's object is the class itself. */
function className(target: unknown): string {
  if (typeof target === 'function') return target.name
  const { constructor } = (target ?? {}) as { constructor?: { name?: string } }
  return constructor?.name ?? 'operation'
}
