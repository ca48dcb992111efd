import { closeSync, constants, fstatSync, openSync, readSync, unwatchFile, watchFile } from 'node:fs'
import { describeError } from '../values/index.ts'
import { changeLevel } from './level-control.ts'
import { LevelTextError, parseLevelText } from './level-text.ts'

/** Any file system can be asked how a file is; few tell by themselves what becomes of one that is replaced, or lies behind links that change. */
const POLL_MILLIS = 1_000
const MAX_BYTES = 65_536

/**
 * Levels that hold as long as a file says so. What it said before ends when it says something else, and when it is gone; what can't be followed changes nothing, and is told.
 * Keeps no process alive.
 */
export class LevelFile {
  readonly #file: string
  readonly #note: (message: string) => void
  /** What was last read; undefined while there is no file. */
  #text: string | undefined
  #takeBack: readonly (() => void)[] = []

  /** @param note hears what is wrong with the file */
  constructor(file: string, note: (message: string) => void) {
    this.#file = file
    this.#note = note
    this.#look()
    watchFile(file, { persistent: false, interval: POLL_MILLIS }, this.#look)
  }

  readonly #look = (): void => {
    try {
      const text = readText(this.#file)
      if (text === this.#text) return
      this.#text = text
      this.#follow(text ?? '')
    } catch (error) {
      const why = error instanceof LevelTextError ? error.message : describeError(error)
      this.#note(`${this.#file}: ${why}; the levels stay as they are`)
    }
  }

  #follow(text: string): void {
    const orders = parseLevelText(text)
    this.#end()
    this.#takeBack = orders.map(({ threshold, options }) => changeLevel(threshold, options, 'file'))
  }

  #end(): void {
    for (const takeBack of this.#takeBack) takeBack()
    this.#takeBack = []
  }

  /** Looks no more. The levels stay as they are. */
  stop(): void {
    unwatchFile(this.#file, this.#look)
  }
}

/** The text of a file; undefined when there is none. Waits for nobody: a named pipe has no text. */
function readText(file: string): string | undefined {
  const descriptor = open(file)
  if (descriptor === undefined) return undefined
  try {
    if (!fstatSync(descriptor).isFile()) throw new LevelTextError('something else than a file', 'a file with text')
    const bytes = Buffer.alloc(MAX_BYTES + 1)
    let length = 0
    for (let read = -1; read !== 0 && length < bytes.length; length += read)
      read = readSync(descriptor, bytes, length, bytes.length - length, null)
    if (length > MAX_BYTES) throw new LevelTextError(`more than ${MAX_BYTES} bytes`, `${MAX_BYTES} bytes at most`)
    return bytes.toString('utf8', 0, length)
  } finally {
    closeSync(descriptor)
  }
}

function open(file: string): number | undefined {
  try {
    // Windows has no O_NONBLOCK, and no pipes that would need it.
    return openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw error
  }
}
