/** A trial: no logger at all. What is left is the workload itself. */
import { runTrial } from './workload.ts'

let seen = 0
const call = (message: string, fields: object): void => {
  seen += message.length + ('price' in fields ? 1 : 0)
}
await runTrial({ info: call, child: call, off: call })
if (seen === 0) throw new Error('nothing was said')
