import { Counts, countInScope, ROOT_NODE, type Measured } from '../context/index.ts'
import type { Component } from './component.ts'
import { SEVERITY } from './level.ts'
import { pipeline } from './pipeline.ts'

/** Components made from data must not fill the memory: the others' counts are told together. */
const MAX_COMPONENTS = 500
const OTHERS = 'clew'

/** What was counted outside of all operations, requests and sessions, by component. One for the process. */
export class ComponentCounts {
  readonly #counts = new Map<string, Counts>()
  #started = 0
  /** Hears of the first count after a report. */
  onFirst = (): void => {}

  /** Counts for the closing record of what one is in; outside of all, for the next report, where the component's level lets an INFO record pass. Never throws. */
  count(component: Component, name: string, measured: Measured): void {
    try {
      if (!countInScope(name, measured) && component.threshold <= SEVERITY.INFO) this.#add(component, name, measured)
    } catch (error) {
      pipeline.noteFailed(error)
    }
  }

  #add({ scope }: Component, name: string, measured: Measured): void {
    if (this.#counts.size === 0) {
      this.#started = performance.now()
      this.onFirst()
    }
    const component = this.#counts.has(scope.name) || this.#counts.size < MAX_COMPONENTS ? scope.name : OTHERS
    let counts = this.#counts.get(component)
    if (counts === undefined) this.#counts.set(component, (counts = new Counts()))
    counts.add(name, measured)
  }

  /** Says what was counted since the last time, a record for each component. */
  report(): void {
    const all = [...this.#counts]
    this.#counts.clear()
    const periodMillis = Math.round(performance.now() - this.#started)
    for (const [component, counts] of all) {
      pipeline.emit({
        component: pipeline.components.get(component),
        severityNumber: SEVERITY.INFO,
        severityText: 'INFO',
        body: 'counted',
        fields: { ...counts.fields(), 'clew.count.period_ms': periodMillis },
        context: ROOT_NODE,
        ungated: true,
      })
    }
  }
}

export const componentCounts = new ComponentCounts()
