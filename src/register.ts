/** `node --import clew/register app.js`: the same as `init()` at the very start, without code. */
import { init } from './init.ts'

init()
