// The build: an older Node can't load TypeScript where the instrumentation loads its parts.
import { createFrameworksInstrumentation } from '../../../../dist/instrumentations/frameworks/index.js'
import type { Instrumentation } from '../../../../instrumentations/instrumentation.ts'
import { Recording } from '../../http/support/recording.ts'

/** A recording with frameworks observed. */
export class Observed extends Recording {
  readonly frameworks: Instrumentation

  constructor() {
    super()
    this.frameworks = createFrameworksInstrumentation((error) => this.failures.push(error))
    this.frameworks.enable()
  }

  override stop(): void {
    this.frameworks.disable()
    super.stop()
  }
}
