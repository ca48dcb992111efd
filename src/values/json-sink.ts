import type { ValueSink } from './value-sink.ts'

/** Collects values as JSON text. What JSON has no form for becomes text: numbers that are none, integers beyond 2^53; bytes become base64. */
export class JsonSink implements ValueSink {
  json = ''
  #first = true

  text(text: string): void {
    this.json += JSON.stringify(text)
  }

  number(value: number): void {
    this.json += jsonNumber(value)
  }

  boolean(value: boolean): void {
    this.json += value ? 'true' : 'false'
  }

  integer(value: bigint): void {
    this.json += Number.isSafeInteger(Number(value)) ? value.toString() : `"${value}"`
  }

  bytes(bytes: Uint8Array): void {
    this.json += `"${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')}"`
  }

  nothing(): void {
    this.json += 'null'
  }

  beginList(): void {
    this.#begin('[')
  }

  beginItem(): void {
    this.#separate()
  }

  endItem(): void {}

  endList(): void {
    this.#end(']')
  }

  beginMap(): void {
    this.#begin('{')
  }

  beginEntry(key: string): void {
    this.#separate()
    this.json += `${JSON.stringify(key)}:`
  }

  endEntry(): void {}

  endMap(): void {
    this.#end('}')
  }

  mark(): number {
    return this.json.length
  }

  rewind(mark: number): void {
    this.json = this.json.slice(0, mark)
    this.#first = false
  }

  #begin(bracket: string): void {
    this.json += bracket
    this.#first = true
  }

  #separate(): void {
    if (this.#first) this.#first = false
    else this.json += ','
  }

  #end(bracket: string): void {
    this.json += bracket
    this.#first = false
  }
}

/** A number in JSON; text for what JSON has no number for. */
export function jsonNumber(value: number): string {
  return Number.isFinite(value) ? String(value) : `"${value}"`
}

/** What JSON text says: a string as it is, anything else as JSON. */
export function plainJson(json: string): string {
  return json.startsWith('"') ? (JSON.parse(json) as string) : json
}
