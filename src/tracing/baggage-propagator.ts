import {
  baggageEntryMetadataFromString,
  propagation,
  type Baggage,
  type BaggageEntry,
  type Context,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
} from '@opentelemetry/api'

const HEADER = 'baggage'
/** No more is written than every receiver must take, nor more read. @see https://www.w3.org/TR/baggage/#limits */
const MAX_ENTRIES = 64
const MAX_BYTES = 8_192

/** The W3C header `baggage`. @see https://www.w3.org/TR/baggage/ */
export class BaggagePropagator implements TextMapPropagator {
  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    const baggage = propagation.getBaggage(context)
    const header = baggage === undefined ? '' : write(baggage)
    if (header !== '') setter.set(carrier, HEADER, header)
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    const given = getter.get(carrier, HEADER)
    const header = Array.isArray(given) ? given.join(',') : given
    if (header === undefined || header === '') return context
    const entries = read(header.slice(0, MAX_BYTES + 1))
    if (entries.length === 0) return context
    return propagation.setBaggage(context, propagation.createBaggage(Object.fromEntries(entries)))
  }

  fields(): string[] {
    return [HEADER]
  }
}

function write(baggage: Baggage): string {
  let header = ''
  for (const [key, { value, metadata }] of baggage.getAllEntries().slice(0, MAX_ENTRIES)) {
    const properties = metadata === undefined ? '' : `;${metadata.toString()}`
    const entry = `${encodeURIComponent(key)}=${encodeURIComponent(value)}${properties}`
    const longer = header === '' ? entry : `${header},${entry}`
    if (longer.length <= MAX_BYTES) header = longer
  }
  return header
}

/** What can't be read is left out; the entry that the limit cuts through, too. */
function read(header: string): [string, BaggageEntry][] {
  const parts = header.split(',', MAX_ENTRIES)
  if (header.length > MAX_BYTES) parts.pop()
  return parts.map(readEntry).filter((entry) => entry !== undefined)
}

function readEntry(text: string): [string, BaggageEntry] | undefined {
  const [pair = '', ...properties] = text.split(';')
  const at = pair.indexOf('=')
  try {
    const key = decodeURIComponent(pair.slice(0, Math.max(at, 0)).trim())
    if (key === '') return undefined
    const value = decodeURIComponent(pair.slice(at + 1).trim())
    if (properties.length === 0) return [key, { value }]
    return [key, { value, metadata: baggageEntryMetadataFromString(properties.join(';').trim()) }]
  } catch {
    return undefined
  }
}
