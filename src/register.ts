/** `node --import clew/register app.js`: the same as `init()` at the very start, without code. In `NODE_OPTIONS` it leaves package managers alone. */
import { initFromOutside } from './init.ts'
import { isStartHelper } from './start-helper.ts'

if (!isStartHelper(process.argv[1])) initFromOutside()
