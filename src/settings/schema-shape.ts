import type * as v from 'valibot'

/** The members of an object by their names. */
export type Entries = Readonly<Record<string, v.GenericSchema>>

/** What a schema of the options looks like from outside. */
interface Shape {
  readonly type: string
  readonly wrapped?: v.GenericSchema
  readonly entries?: Entries
  readonly options?: readonly v.GenericSchema[]
  readonly value?: v.GenericSchema
  readonly item?: v.GenericSchema
  readonly getter?: (given: unknown) => v.GenericSchema
  readonly message?: unknown
}

/** The members of an object, also where something else is allowed in its place; undefined where no object with members is. */
export function membersOf(schema: v.GenericSchema): Entries | undefined {
  return find(schema, ({ type, entries }) => (type === 'strict_object' ? entries : undefined))
}

/** The paths of all options in their order: parts, and not what they are parts of, save where a list can stand in its place. */
export function optionPaths(entries: Entries, above = ''): string[] {
  return Object.entries(entries).flatMap(([name, schema]) => {
    const members = itemsOf(schema) === undefined ? membersOf(schema) : undefined
    return members === undefined ? [above + name] : optionPaths(members, `${above}${name}.`)
  })
}

/** What the values of an object with any keys have to be; undefined where there is no such object. */
export function valuesOf(schema: v.GenericSchema): v.GenericSchema | undefined {
  return find(schema, ({ type, value }) => (type === 'record' ? value : undefined))
}

/** What the items of a list have to be; undefined where no list is. */
export function itemsOf(schema: v.GenericSchema): v.GenericSchema | undefined {
  return find(schema, ({ type, item }) => (type === 'array' ? item : undefined))
}

/** What a message says of the values that are allowed. */
export function allowedBy(schema: v.GenericSchema): string {
  const { wrapped, message } = schema as Shape
  if (wrapped !== undefined) return allowedBy(wrapped)
  return typeof message === 'string' ? message : 'an object'
}

/** Whether a value of this schema can be written down: it is no object of others with methods, and no list of such. */
export function isData(schema: v.GenericSchema): boolean {
  const items = itemsOf(schema)
  if (items !== undefined) return isData(items)
  return find(schema, ({ type }) => (type === 'custom' || type === 'instance' ? undefined : true)) ?? false
}

/** Whether a value of this schema can be text, but no number and no boolean. */
export function isText(schema: v.GenericSchema): boolean {
  return isOneOf(schema, ['string', 'picklist']) && !isOneOf(schema, ['number', 'boolean', 'literal'])
}

function isOneOf(schema: v.GenericSchema, types: readonly string[]): boolean {
  return find(schema, ({ type }) => (types.includes(type) ? true : undefined)) ?? false
}

function find<T>(schema: v.GenericSchema, pick: (shape: Shape) => T | undefined): T | undefined {
  const shape = schema as Shape
  if (shape.wrapped !== undefined) return find(shape.wrapped, pick)
  const choices = shape.getter === undefined ? shape.options : [shape.getter([]), shape.getter({})]
  if (choices === undefined || shape.type === 'picklist') return pick(shape)
  for (const choice of choices) {
    const found = find(choice, pick)
    if (found !== undefined) return found
  }
  return undefined
}
