/** A trial: no logger at all. What is left is the workload itself. */
import { runTrial } from './workload.ts'

const call = (): void => {}
await runTrial({ info: call, child: call, off: call })
