/** Hears what one web framework tells of its requests. */
export interface FrameworkWatch {
  readonly name: string
  /**
   * Looks for copies that are loaded by now, and makes them tell. Called again when another server gets its first request.
   * @param files what the process has loaded as CommonJS
   */
  find(files: LoadedFiles): void
  /** Takes a copy by something of it that the program holds, mostly its application. @returns false for what is none of this framework */
  add(app: object): boolean
  /** Leaves every copy as it was. */
  stop(): void
  /** What is covered, or what is missing; undefined where the program doesn't seem to use it. */
  status(): string | undefined
}

/** What a CommonJS module exports, by its file. */
export type LoadedFiles = Readonly<Record<string, unknown>>

/** Tells of copies, for a status. */
export function copies(count: number): string {
  return count === 1 ? '1 copy' : `${count} copies`
}
