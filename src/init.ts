import { isMainThread, workerData } from 'node:worker_threads'
import { INERT_CLEW, type Clew } from './clew.ts'
import { Notes } from './diagnostics/index.ts'
import { RunningClew } from './running-clew.ts'
import {
  describeMistake,
  resolveSettings,
  SettingsError,
  withoutFile,
  type Environment,
  type InitOptions,
} from './settings/index.ts'

export type { Clew, ClewStatus } from './clew.ts'

let running: RunningClew | undefined
const notes = new Notes()

/**
 * Starts clew: once, at the start of the program, before or after other imports. Calling it again is harmless: it says so and answers the running one. In clew's own
 * delivery worker, where a preloaded module may call it, it does nothing.
 * @throws SettingsError when an option is wrong, with all mistakes in one message
 */
export function init(options: InitOptions = {}): Clew {
  if (isDeliveryWorker()) return INERT_CLEW
  if (running !== undefined) {
    notes.once('init_twice', 'init() was called twice; the first call counts')
    return running
  }
  return start(options, process.env)
}

/** As `init()`, for `clew/register`: a program that knows nothing of clew does not end for a file of settings that can't be used. That is said, and the defaults are used. */
export function initOrDefaults(): void {
  try {
    init()
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    notes.note('settings', `${error.message}\n  defaults are used in place of the file`)
    start({}, withoutFile(process.env))
  }
}

function start(options: InitOptions, variables: Environment): Clew {
  const { settings, mistakes, leftOut } = resolveSettings(options, variables)
  for (const mistake of mistakes)
    notes.note(`environment.${mistake.where}`, `${describeMistake(mistake)}; the default is used`)
  if (leftOut !== undefined) notes.note('declarative', leftOut)
  const started = new RunningClew(settings, notes, () => {
    if (running === started) running = undefined
  })
  running = started
  return started
}

/** Ends clew as `Clew.shutdown()` does; nothing to do when it is not running. */
export async function shutdown(): Promise<void> {
  await running?.shutdown()
}

/** Whether this thread is clew's own delivery worker, where nothing must be instrumented. */
function isDeliveryWorker(): boolean {
  return !isMainThread && (workerData as { clewDelivery?: boolean } | null)?.clewDelivery === true
}
