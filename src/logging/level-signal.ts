import { changeLevel } from './level-control.ts'
import type { LevelSignalName } from './level-signal-names.ts'
import { SEVERITY } from './level.ts'

/** A signal brings DEBUG for a time, on top of what the levels are; the next one takes it back. Other listeners of the signal stay; ours keeps no process alive. */
export class LevelSignal {
  readonly #signal: LevelSignalName
  readonly #forMillis: number
  #takeBack: (() => void) | undefined
  #until = 0

  constructor(signal: LevelSignalName, forMillis: number) {
    this.#signal = signal
    this.#forMillis = forMillis
    process.on(signal, this.#turn)
  }

  readonly #turn = (): void => {
    if (this.#takeBack !== undefined && performance.now() < this.#until) {
      this.#takeBack()
      this.#takeBack = undefined
      return
    }
    this.#until = performance.now() + this.#forMillis
    // For records with any fields: such a change only adds, where one for all records could also make a component quieter.
    this.#takeBack = changeLevel(SEVERITY.DEBUG, { where: {}, forMillis: this.#forMillis }, 'signal')
  }

  /** Listens no more. The levels stay as they are. */
  stop(): void {
    process.removeListener(this.#signal, this.#turn)
  }
}
