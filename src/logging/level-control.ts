import type { Fields } from '../otlp/index.ts'
import type { LevelChangeOptions } from './level-changes.ts'
import { OFF, SEVERITY } from './level.ts'
import { levelName } from './level.ts'
import { pipeline } from './pipeline.ts'
import { DEFAULT_SAFETY, ownFields } from '../values/index.ts'

/** Who or what changed a level. */
export type ChangedBy = 'call' | 'signal' | 'file' | 'time'

const COMPONENT = 'clew'
const CHANGED = 'clew.level.changed'
const MAX_NAME_LENGTH = 1_024
const MAX_SHOWN_LENGTH = 100

/** Changes levels while the program runs, and says so on the audit channel: also when the change's time is over. */
export function changeLevel(threshold: number, options: LevelChangeOptions, by: ChangedBy): void {
  const fields = fieldsOf(threshold, options)
  pipeline.components.change(threshold, options, () =>
    tell('level changed back', { ...fields, 'clew.level.changed_by': 'time' }),
  )
  tell('level changed', { ...fields, 'clew.level.changed_by': by })
}

/**
 * The change that was asked for, a component's name or options, read once.
 * @throws RangeError for a component that is no text, or a time that is no number
 */
export function checkedChange(given: unknown): LevelChangeOptions {
  const { component, forMillis, where } = typeof given === 'string' ? { component: given } : ownFields(given)
  if (component !== undefined && !(typeof component === 'string' && component.length <= MAX_NAME_LENGTH))
    throw wrong('component', component, 'a name, * stands for any characters')
  if (forMillis !== undefined && !(typeof forMillis === 'number' && forMillis >= 0))
    throw wrong('forMillis', forMillis, 'a number of milliseconds, 0 or more')
  return {
    ...(component === undefined ? undefined : { component }),
    ...(forMillis === undefined ? undefined : { forMillis }),
    ...(where === undefined ? undefined : { where: ownFields(where) }),
  }
}

function wrong(option: string, found: unknown, allowed: string): RangeError {
  const shown = DEFAULT_SAFETY.json(found).slice(0, MAX_SHOWN_LENGTH)
  return new RangeError(`setLevel: found ${option} ${shown}; allowed: ${allowed}`)
}

function fieldsOf(threshold: number, { component, forMillis, where }: LevelChangeOptions): Fields {
  return {
    'clew.level': threshold >= OFF ? 'OFF' : levelName(threshold),
    'clew.level.component': component,
    'clew.level.for_ms': forMillis,
    'clew.level.where': where,
  }
}

function tell(body: string, fields: Fields): void {
  pipeline.emit({
    component: pipeline.components.get(COMPONENT),
    severityNumber: SEVERITY.INFO,
    severityText: 'INFO',
    body,
    eventName: CHANGED,
    fields,
    audit: true,
  })
}
