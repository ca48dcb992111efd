/** A method of whatever object. */
export type Method = (this: unknown, ...args: unknown[]) => unknown

/** Takes a patch back. */
export type Restore = () => void

/**
 * Puts a method in front of an object's own or inherited one.
 * @param make makes the new method from the old one
 * @returns what takes it back. When someone else has patched the method meanwhile theirs stays, and ours passes every call on.
 */
export function patchMethod(target: object, name: string, make: (original: Method) => Method): Restore {
  const before = Object.getOwnPropertyDescriptor(target, name)
  const original = Reflect.get(target, name) as Method
  const ours = make(original)
  let active = true
  const method = function (this: unknown, ...args: unknown[]): unknown {
    return Reflect.apply(active ? ours : original, this, args)
  }
  for (const key of ['name', 'length'] as const) Object.defineProperty(method, key, { value: original[key], configurable: true })
  Object.defineProperty(target, name, { configurable: true, writable: true, enumerable: before?.enumerable ?? false, value: method })
  return () => {
    active = false
    if (Object.getOwnPropertyDescriptor(target, name)?.value !== method) return
    if (before === undefined) Reflect.deleteProperty(target, name)
    else Object.defineProperty(target, name, before)
  }
}
