const PARTS = ['name', 'message', 'stack'] as const

/** An error again, of what a logger made of it: `{ type or name, message, stack }`. What is none of that stays what it is. */
export function describedError(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Error) return value
  const { type, name = type, message, stack } = value as Record<string, unknown>
  if (typeof message !== 'string') return value
  const said: Record<(typeof PARTS)[number], unknown> = { name, message, stack }
  const error = Object.create(Error.prototype) as Error
  for (const part of PARTS)
    if (typeof said[part] === 'string') Object.defineProperty(error, part, { value: said[part] })
  return error
}
