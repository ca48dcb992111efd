import type { AnyValue } from '@opentelemetry/api'
import type { AttributeKey } from '../otlp/index.ts'
import type { ValueSafety, ValueSink } from '../values/index.ts'

/** What others' code may see of any value: safe, without secrets, frozen, and of the types that the SDK has. */
export function shownValue(value: unknown, safety: ValueSafety): AnyValue {
  const sink = new ShownValueSink()
  safety.write(value, sink)
  return sink.value
}

/** What may be shown of an attribute's value; `undefined` where the rule of its key leaves it out. */
export function shownField({ rule }: AttributeKey, value: unknown, safety: ValueSafety): AnyValue {
  return rule?.covers(value) === true ? rule.replace(value) : shownValue(value, safety)
}

/** Sets a property, whatever it is called. */
export function setEntry(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
  else target[key] = value
}

type Collection = AnyValue[] | Record<string, AnyValue>

/** Builds the value that is written into it. A mark is the number of collections that are open. */
class ShownValueSink implements ValueSink {
  readonly #open: Collection[] = []
  readonly #keys: string[] = []
  #value: AnyValue

  get value(): AnyValue {
    return this.#value
  }

  text(text: string): void {
    this.#put(text)
  }

  number(value: number): void {
    this.#put(value)
  }

  boolean(value: boolean): void {
    this.#put(value)
  }

  integer(value: bigint): void {
    this.#put(Number.isSafeInteger(Number(value)) ? Number(value) : String(value))
  }

  bytes(bytes: Uint8Array): void {
    this.#put(Uint8Array.from(bytes))
  }

  nothing(): void {
    this.#put(null)
  }

  beginList(): void {
    this.#open.push([])
  }

  beginItem(): void {}

  endItem(): void {
    const list = this.#open.at(-1) as AnyValue[]
    list.push(this.#value)
  }

  endList(): void {
    this.#put(Object.freeze(this.#open.pop() as AnyValue[]))
  }

  beginMap(): void {
    this.#open.push({})
  }

  beginEntry(key: string): void {
    this.#keys.push(key)
  }

  endEntry(): void {
    setEntry(this.#open.at(-1) as Record<string, AnyValue>, this.#keys.pop() as string, this.#value)
  }

  endMap(): void {
    this.#put(Object.freeze(this.#open.pop() as Record<string, AnyValue>))
  }

  mark(): number {
    this.#marks.push({ open: this.#open.length, keys: this.#keys.length })
    return this.#marks.length - 1
  }

  rewind(mark: number): void {
    const { open, keys } = this.#marks[mark] as { open: number; keys: number }
    this.#marks.length = mark
    this.#open.length = open
    this.#keys.length = keys
  }

  readonly #marks: { readonly open: number; readonly keys: number }[] = []

  #put(value: AnyValue): void {
    this.#value = value
  }
}
