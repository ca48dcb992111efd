import { ROOT_NODE } from '../context/index.ts'
import type { Fields } from '../otlp/index.ts'
import type { ChangedBy, LevelChangeOptions, LevelSource } from './level-changes.ts'
import { levelName, LEVELS, OFF, parseLevel, SEVERITY } from './level.ts'
import { pipeline } from './pipeline.ts'

const COMPONENT = 'clew'
const CHANGED = 'clew.level.changed'
const BACK = 'level changed back'
const CHANGED_BY = 'clew.level.changed_by'

/**
 * Changes levels while the program runs, and says so on the audit channel; also when the change's time is over.
 * @returns takes the change back
 */
export function changeLevel(threshold: number, options: LevelChangeOptions, by: LevelSource): () => void {
  const fields = fieldsOf(threshold, options)
  const back = (source: ChangedBy): void => tell(BACK, fields, source)
  const end = pipeline.components.change({ threshold, options, by, ended: back })
  tell('level changed', fields, by)
  return () => {
    if (end()) back(by)
  }
}

/**
 * The call by which a program changes levels.
 * @throws RangeError for what is no level, no component, no time or no fields
 */
export function setLevel(level: string, change: string | LevelChangeOptions = {}): void {
  const threshold = parseLevel(level)
  if (threshold === undefined) throw wrong('level', level, `${LEVELS.join(', ')}, OFF`)
  const options = typeof change === 'string' ? { component: change } : change
  check(options)
  changeLevel(threshold, options, 'call')
}

function check(options: LevelChangeOptions): void {
  if (typeof options !== 'object' || options === null)
    throw wrong('change', options, 'a component, or { component, forMillis, where }')
  const { component, forMillis, where } = options
  if (component !== undefined && (typeof component !== 'string' || component === ''))
    throw wrong('component', component, 'a name; * stands for any characters')
  if (forMillis !== undefined && !(typeof forMillis === 'number' && forMillis > 0))
    throw wrong('forMillis', forMillis, 'a number of milliseconds, more than 0')
  if (where !== undefined && (typeof where !== 'object' || where === null))
    throw wrong('where', where, "fields such as { 'user.id': 'u1' }")
}

function wrong(what: string, found: unknown, allowed: string): RangeError {
  const shown = typeof found === 'string' ? JSON.stringify(found) : String(found)
  return new RangeError(`setLevel: ${what === 'level' ? '' : `${what}: `}found ${shown}; allowed: ${allowed}`)
}

function fieldsOf(threshold: number, { component, forMillis, where }: LevelChangeOptions): Fields {
  return {
    'clew.level': threshold >= OFF ? 'OFF' : levelName(threshold),
    'clew.level.component': component,
    'clew.level.for_ms': forMillis,
    'clew.level.where': where !== undefined && Object.keys(where).length > 0 ? where : undefined,
  }
}

/** A call belongs to the request that makes it; all else to none. */
function tell(body: string, fields: Fields, by: ChangedBy): void {
  pipeline.emit({
    component: pipeline.components.get(COMPONENT),
    severityNumber: SEVERITY.INFO,
    severityText: 'INFO',
    body,
    eventName: CHANGED,
    fields: { ...fields, [CHANGED_BY]: by },
    context: by === 'call' ? undefined : ROOT_NODE,
    audit: true,
  })
}
