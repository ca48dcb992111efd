/** The client alone. */
import { runCommands } from './commands.ts'

await runCommands()
