import { isMap, isScalar, isSeq, parseDocument, type Node, type Scalar } from 'yaml'

/** One step of a way into a document: a key; an item of a list by one of its members, or by how its text begins. */
export type Step = string | { readonly item: Readonly<Record<string, string>> } | { readonly begins: string }

/** What a scalar is to be. */
export interface Edit {
  readonly path: readonly Step[]
  readonly value: string | number
}

/**
 * Puts values in the places of others in a YAML (or JSON) text, and leaves all else as it is, to the last space: comments,
 * layout, the way in which a text is quoted.
 *
 * @throws when there is no scalar at a path
 */
export function editYaml(text: string, edits: readonly Edit[]): string {
  const document = parseDocument(text, { uniqueKeys: false })
  return edits
    .map(({ path, value }) => ({ scalar: scalarAt(document.contents, path), value }))
    .toSorted((one, other) => other.scalar.range[0] - one.scalar.range[0])
    .reduce((edited, { scalar, value }) => {
      const [start, end] = scalar.range
      return edited.slice(0, start) + written(value, scalar.type) + edited.slice(end)
    }, text)
}

/**
 * Puts pairs in front of the first one of a map in block style; those that it has already stay as they are.
 *
 * @throws when there is no map with pairs at the path
 */
export function insertPairs(text: string, path: readonly Step[], pairs: Readonly<Record<string, string>>): string {
  const map = path.reduce<unknown>(below, parseDocument(text, { uniqueKeys: false }).contents)
  const start = isMap(map) ? map.range?.[0] : undefined
  if (!isMap(map) || start === undefined)
    throw new Error(`there is no map at ${path.map((step) => JSON.stringify(step)).join(' ')}`)
  const indent = text.slice(text.lastIndexOf('\n', start) + 1, start)
  const missing = Object.entries(pairs).filter(([key]) => !map.has(key))
  const lines = missing.map(([key, value]) => `${key}: ${value}\n${indent}`)
  return text.slice(0, start) + lines.join('') + text.slice(start)
}

type Placed = Scalar & { readonly range: readonly [number, number, number] }

function scalarAt(root: Node | null, path: readonly Step[]): Placed {
  const found = path.reduce<unknown>(below, root)
  if (isScalar(found) && found.range) return found as Placed
  throw new Error(`there is no value at ${path.map((step) => JSON.stringify(step)).join(' ')}`)
}

function below(node: unknown, step: Step): unknown {
  if (typeof step === 'string') return isMap(node) ? node.get(step, true) : undefined
  if (!isSeq(node)) return undefined
  return node.items.find((item) => {
    if ('begins' in step) return isScalar(item) && String(item.value).startsWith(step.begins)
    return isMap(item) && Object.entries(step.item).every(([key, value]) => item.get(key) === value)
  })
}

function written(value: string | number, type: Scalar['type']): string {
  if (type === 'QUOTE_DOUBLE') return JSON.stringify(String(value))
  return type === 'QUOTE_SINGLE' ? `'${String(value).replaceAll("'", "''")}'` : String(value)
}
