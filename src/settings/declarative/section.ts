/** A mapping of the file, with its place. Remembers what was asked for, so that nothing in the file is passed over without a word. */
export class Section {
  /** Such as `tracer_provider.processors[0].batch`; empty for the whole file. */
  readonly path: string
  readonly #content: Readonly<Record<string, unknown>>
  readonly #asked = new Set<string>()
  readonly #parts = new Map<string, Section>()

  constructor(content: unknown, path = '') {
    this.#content = typeof content === 'object' && content !== null ? { ...content } : {}
    this.path = path
  }

  /** The keys that are there, also those without a value: `always_on:` says something. */
  get keys(): string[] {
    return Object.keys(this.#content)
  }

  /** The value of a key, which counts as asked for; undefined when there is none, or null. The file was checked against the schema. */
  value<T>(key: string): T | undefined {
    this.#asked.add(key)
    return (this.#content[key] as T | null | undefined) ?? undefined
  }

  /** Takes the value of a key for asked for, if it is this one: what is done anyway. */
  accept(key: string, done: unknown): void {
    if (this.#content[key] === done) this.#asked.add(key)
  }

  /** Takes back that a key was asked for: its value could not be used whole. */
  disown(key: string): void {
    this.#asked.delete(key)
  }

  /** The mapping of a key, which may be an empty one; undefined when the key is not there. */
  section(key: string): Section | undefined {
    if (!Object.hasOwn(this.#content, key)) return undefined
    this.#asked.add(key)
    return this.#part(this.#content[key], this.placeOf(key))
  }

  /** The mappings in the list of a key. */
  sections(key: string): Section[] {
    const list = this.value<unknown[]>(key) ?? []
    return list.map((content, index) => this.#part(content, `${this.placeOf(key)}[${index}]`))
  }

  #part(content: unknown, path: string): Section {
    const part = this.#parts.get(path) ?? new Section(content, path)
    this.#parts.set(path, part)
    return part
  }

  /** Where a key is. */
  placeOf(key: string): string {
    return this.path === '' ? key : `${this.path}.${key}`
  }

  /** The places of what nobody asked for, here and below. A scalar without a value says nothing. */
  unasked(): string[] {
    const own = this.keys.filter((key) => !this.#asked.has(key) && this.#content[key] !== undefined)
    return [...own.map((key) => this.placeOf(key)), ...[...this.#parts.values()].flatMap((part) => part.unasked())]
  }
}
