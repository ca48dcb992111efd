import { createInstrumentations } from '../instrumentations/index.ts'
import type { Instrumentation, InstrumentationStatus } from '../instrumentations/instrumentation.ts'
import { CoveredInstrumentations, HTTP_ELSEWHERE, isHttpPatched } from './covered-instrumentations.ts'
import type { Notes } from './diagnostics/index.ts'
import type { UserInstrumentations } from './plugins/index.ts'
import type { Settings } from './settings/index.ts'
import { startInstrumentations } from './start-plugins.ts'
import { describeError } from './values/index.ts'

/** clew's instrumentations and those of the user, none of which tells what another one tells already. */
export class RunningInstrumentations {
  /** Whether spans, records and metrics of this scope are told by clew's own. */
  readonly isQuiet: (scope: string) => boolean
  readonly #covered: CoveredInstrumentations
  readonly #users: UserInstrumentations | undefined
  readonly #own: readonly Instrumentation[]
  readonly #isHttpElsewhere: boolean

  /** Takes those of the user's out of the way that clew makes superfluous; enables none. */
  constructor(settings: Settings, notes: Notes) {
    const failed = (name: string, error: unknown): void =>
      notes.note('instrumentation', `${name} failed: ${describeError(error)}`)
    const { disabled } = settings
    this.#covered = new CoveredInstrumentations(settings)
    this.isQuiet = this.#covered.isQuiet
    this.#users = startInstrumentations(settings, this.#covered, failed)
    // Not before: one that the user gave is out of the way by now.
    this.#isHttpElsewhere = settings.http !== false && !disabled && isHttpPatched()
    if (this.#isHttpElsewhere) this.#covered.giveWay('http')
    const http = this.#isHttpElsewhere ? false : settings.http
    this.#own = disabled
      ? []
      : createInstrumentations({ ...settings, http }, (error) => failed('an instrumentation', error))
  }

  /** The API's globals have to be registered. */
  enable(): void {
    for (const instrumentation of this.#own) instrumentation.enable()
    this.#users?.enable()
  }

  /** Last enabled, first disabled: two of them patch the same method. Closes the books of what is still open, such as WebSocket sessions. */
  disableOwn(): void {
    for (const instrumentation of this.#own.toReversed()) instrumentation.disable()
  }

  /** After the last metrics, which are asked of them. */
  disableUsers(): void {
    this.#users?.disable()
  }

  status(): InstrumentationStatus[] {
    return [
      ...(this.#isHttpElsewhere ? [HTTP_ELSEWHERE] : []),
      ...this.#own.map((instrumentation) => instrumentation.status()),
      ...(this.#users?.status() ?? []),
      ...this.#covered.status(),
    ]
  }
}
