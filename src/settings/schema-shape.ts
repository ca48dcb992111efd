import type * as v from 'valibot'

type Entries = Readonly<Record<string, v.GenericSchema>>

/** What a schema may look like from outside. */
interface Shape {
  readonly type: string
  readonly wrapped?: v.GenericSchema
  readonly entries?: Entries
  readonly options?: readonly v.GenericSchema[]
}

/** The members of an object, also where something else is allowed in its place; undefined where no object with members is. */
export function membersOf(schema: v.GenericSchema): Entries | undefined {
  const { type, wrapped, entries, options } = schema as Shape
  if (wrapped !== undefined) return membersOf(wrapped)
  if (type === 'strict_object') return entries
  return type === 'union' ? options?.map(membersOf).find((found) => found !== undefined) : undefined
}
