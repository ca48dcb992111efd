import { parentPort, workerData } from 'node:worker_threads'
import { Delivery, type DeliveryMessage, type DeliverySettings } from './delivery.ts'

/** What the worker is started with. `clewDelivery` tells `register` not to start clew in here. */
export interface DeliveryWorkerData {
  readonly clewDelivery: true
  readonly settings: DeliverySettings
  /** One Int32: becomes 1 when an `exit` was answered. */
  readonly exited: SharedArrayBuffer
}

/** What the main thread sends beside entries. */
export type DeliveryCommand =
  | DeliveryMessage
  | { readonly type: 'drain'; readonly id: number; readonly giveUp: boolean }
  | { readonly type: 'exit' }

/** What the worker answers. */
export type DeliveryAnswer =
  | { readonly type: 'drained'; readonly id: number; readonly empty: boolean }
  | { readonly type: 'note'; readonly code: string; readonly message: string }

const port = parentPort
if (port !== null) {
  const { settings, exited } = workerData as DeliveryWorkerData
  const answer = (message: DeliveryAnswer): void => port.postMessage(message)
  const delivery = new Delivery(settings, (code, message) => answer({ type: 'note', code, message }))
  const exit = async (): Promise<void> => {
    await delivery.drain(true)
    delivery.close()
    const flag = new Int32Array(exited)
    Atomics.store(flag, 0, 1)
    Atomics.notify(flag, 0)
    port.close()
  }
  port.on('message', (command: DeliveryCommand) => {
    if (command.type === 'exit') void exit()
    else if (command.type === 'drain') {
      void delivery.drain(command.giveUp).then((empty) => answer({ type: 'drained', id: command.id, empty }))
    } else delivery.receive(command)
  })
}
