import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Deadline } from '../deadline.ts'
import type { DeliveryEvent } from '../delivery/index.ts'
import { SpoolDrain } from '../delivery/spool-drain.ts'
import {
  describeMistake,
  resolveSettings,
  SettingsError,
  spoolDirectoryOf,
  type OtlpSettings,
} from '../settings/index.ts'
import type { Output } from './output.ts'

/** What `clew drain` takes. */
export interface DrainOptions {
  readonly home: string
  /** All services when it is not named. */
  readonly service?: string
  readonly endpoint?: string
  readonly header?: Readonly<Record<string, string>>
  /** In seconds. */
  readonly timeout: number
}

const PROGRESS_MILLIS = 200

/** Sends what waits in the spools of a home; resolves to the exit code, 0 only when all of it has arrived. */
export async function drain(options: DrainOptions, output: Output): Promise<number> {
  const receiver = resolveReceiver(options, output)
  if (receiver === undefined) return 1
  const directories = findSpools(options)
  if (directories.length === 0) {
    const { service, home } = options
    output.say(`nothing waits${service === undefined ? '' : ` of ${service}`} in ${join(home, 'spool')}`)
  }
  const deadline = new Deadline(options.timeout * 1_000)
  let isEmpty = true
  for (const [service, directory] of directories) {
    isEmpty = (await drainSpool({ service, directory, receiver, deadline }, output)) && isEmpty
  }
  return isEmpty ? 0 : 1
}

function resolveReceiver({ endpoint, header = {} }: DrainOptions, output: Output): OtlpSettings | undefined {
  try {
    const otlp = { ...(endpoint === undefined ? {} : { endpoint }), headers: header }
    const { settings, mistakes } = resolveSettings({ environment: 'drain', otlp }, process.env)
    for (const mistake of mistakes) output.complain(`${describeMistake(mistake)}; the default is used`)
    if (settings.otlp !== undefined) return settings.otlp
    output.complain('it is not said where to: clew drain --endpoint <url>, or OTEL_EXPORTER_OTLP_ENDPOINT')
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    for (const mistake of error.mistakes) output.complain(describeMistake(mistake).replace(/^init\(.*?\): /, ''))
  }
  return undefined
}

/** Services and the directories of their spools. */
function findSpools({ home, service }: DrainOptions): [service: string, directory: string][] {
  const folder = join(home, 'spool')
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && (service === undefined || entry.name === spoolDirectoryOf(service)))
      .map(({ name }) => [name, join(folder, name)])
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

interface SpoolToDrain {
  readonly service: string
  readonly directory: string
  readonly receiver: OtlpSettings
  readonly deadline: Deadline
}

async function drainSpool({ service, directory, receiver, deadline }: SpoolToDrain, output: Output): Promise<boolean> {
  let trouble = ''
  const said = new Set<string>()
  const hear = (event: DeliveryEvent): void => {
    if (event.type === 'failed') trouble = `: ${event.message}`
    if (event.type !== 'note' || event.code === 'unreachable' || said.has(event.code)) return
    said.add(event.code)
    output.progress('')
    output.complain(event.message)
  }
  const spool = new SpoolDrain(directory, receiver, hear)
  const show = (): void => {
    const { delivered, waiting } = spool.counts
    output.progress(`${service}: ${delivered} sent, ${waiting} wait${trouble}`)
  }
  const timer = setInterval(show, PROGRESS_MILLIS)
  await spool.run(deadline.left)
  clearInterval(timer)
  const { delivered, dropped, waiting } = spool.counts
  const { running, unaddressed } = spool.others
  spool.close()
  output.progress('')
  output.say(`${service}: ${delivered} sent, ${dropped} left out, ${waiting} left${waiting > 0 ? trouble : ''}`)
  if (running > 0) output.say(`${service}: ${running} belong to a running process, which sends them itself`)
  if (unaddressed > 0) output.say(`${service}: ${unaddressed} are of signals for which there is no endpoint`)
  return dropped + waiting + running + unaddressed === 0
}
