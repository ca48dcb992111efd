import { isMainThread, workerData } from 'node:worker_threads'
import { INERT_CLEW, type Clew } from './clew.ts'
import { Notes } from './diagnostics/index.ts'
import { RunningClew } from './running-clew.ts'
import { describeMistake, resolveSettings, type InitOptions } from './settings/index.ts'

export type { Clew, ClewStatus } from './clew.ts'

let running: RunningClew | undefined
const notes = new Notes()

/**
 * Starts clew: once, at the start of the program, before or after other imports. Calling it again is harmless: it says so and answers the running one. In clew's own
 * delivery worker, where a preloaded module may call it, it does nothing.
 * @throws SettingsError when an option, or something in the file of settings, is wrong, with all mistakes in one message
 */
export function init(options: InitOptions = {}): Clew {
  return start(options, false)
}

/** As `init()`, in a program that did not ask for it and must not fail of it: what is wrong in the file of settings is said, and its default used. */
export function initFromOutside(): Clew {
  return start({}, true)
}

function start(options: InitOptions, forgiving: boolean): Clew {
  if (isDeliveryWorker()) return INERT_CLEW
  if (running !== undefined) {
    notes.once('init_twice', 'init() was called twice; the first call counts')
    return running
  }
  const resolved = resolveSettings(options, process.env, { forgiving })
  const { mistakes, leftOut } = resolved
  for (const mistake of mistakes) {
    const said = `${describeMistake(mistake)}; the default is used`
    if (/^\w+$/.test(mistake.where)) notes.note(`environment.${mistake.where}`, said)
    else notes.say('settings_file', said)
  }
  if (leftOut !== undefined) notes.note('declarative', leftOut)
  const started = new RunningClew(resolved, notes, () => {
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
