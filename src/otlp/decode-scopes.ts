import { type Attributes, type ResourceEntry, type ScopeEntry, resourceEntry } from './decode-entry.ts'
import type { ProtobufReader } from './protobuf-reader.ts'
import { readKeyValue } from './decode-value.ts'

const NO_RESOURCE: ResourceEntry = { service: null, attributes: {} }
const NO_SCOPE: ScopeEntry = { name: '', version: '', attributes: {} }

/** Reads one item (a log record, a span, a metric); the reader is at its length. */
export type ReadItem = (reader: ProtobufReader, resource: ResourceEntry, scope: ScopeEntry) => void

/**
 * Walks what the requests of all signals share: resource blocks (field 1), in them scope blocks (field 2), in them items
 * (field 2). Protobuf allows any order, so each block is walked twice: first for what its items need.
 */
export function readScopes(reader: ProtobufReader, readItem: ReadItem): void {
  eachMessage(reader, 0x0a, () => {
    const resource = firstMessage(reader, 0x0a, readResource) ?? NO_RESOURCE
    eachMessage(reader, 0x12, () => {
      const scope = firstMessage(reader, 0x0a, readScope) ?? NO_SCOPE
      while (reader.position < reader.limit) {
        const tag = reader.readTag()
        if (tag === 0x12) readItem(reader, resource, scope)
        else reader.skip(tag)
      }
    })
  })
}

function eachMessage(reader: ProtobufReader, wanted: number, read: () => void): void {
  while (reader.position < reader.limit) {
    const tag = reader.readTag()
    if (tag !== wanted) {
      reader.skip(tag)
      continue
    }
    const outer = reader.enter()
    read()
    reader.leave(outer)
  }
}

/** Reads the wanted message wherever it stands in this one, and comes back to the start. */
function firstMessage<T>(reader: ProtobufReader, wanted: number, read: (reader: ProtobufReader) => T): T | undefined {
  const start = reader.position
  let found: T | undefined
  while (reader.position < reader.limit && found === undefined) {
    const tag = reader.readTag()
    if (tag === wanted) found = read(reader)
    else reader.skip(tag)
  }
  reader.position = start
  return found
}

function readResource(reader: ProtobufReader): ResourceEntry {
  const outer = reader.enter()
  const attributes: Attributes = {}
  while (reader.position < reader.limit) {
    const tag = reader.readTag()
    if (tag === 0x0a) readKeyValue(reader, attributes)
    else reader.skip(tag)
  }
  reader.leave(outer)
  return resourceEntry(attributes)
}

function readScope(reader: ProtobufReader): ScopeEntry {
  const outer = reader.enter()
  let name = ''
  let version = ''
  const attributes: Attributes = {}
  while (reader.position < reader.limit) {
    const tag = reader.readTag()
    if (tag === 0x0a) name = reader.readName()
    else if (tag === 0x12) version = reader.readName()
    else if (tag === 0x1a) readKeyValue(reader, attributes)
    else reader.skip(tag)
  }
  reader.leave(outer)
  return { name, version, attributes }
}
