/** `node --import clew/register app.js`: the same as `init()` at the very start, without code. */
import { init, isDeliveryWorker } from './init.ts'

if (!isDeliveryWorker()) init()
