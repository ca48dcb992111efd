/** Whether an instrumentation is at work, and if not, why and what to do about it. */
export interface InstrumentationStatus {
  readonly name: string
  readonly active: boolean
  /** What is covered, or why it is not and the cure. */
  readonly detail: string
}

/**
 * Makes one library tell what it does, without its users' code changing.
 *
 * Obligations: `enable` works whether or not the library was loaded before, in ESM and in CommonJS; enabling twice is harmless; after `disable` the library behaves as if it had never been
 * touched; the library's own behaviour never changes; an error of ours never reaches the application.
 */
export interface Instrumentation {
  readonly name: string
  enable(): void
  disable(): void
  status(): InstrumentationStatus
}
