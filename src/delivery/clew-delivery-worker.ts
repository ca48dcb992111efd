import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { Delivery, type DeliveryMessage, type DeliverySettings } from './delivery.ts'
import type { DeliveryEvent } from './delivery-event.ts'

/** The part of its time that the end of the process may spend on sending: the rest is for closing what is open. */
const SENDING_PART = 0.8

/** What the worker is started with. `clewDelivery` tells `register` not to start clew in here. */
export interface DeliveryWorkerData {
  readonly clewDelivery: true
  readonly settings: DeliverySettings
  /** One Int32: becomes 1 when an `exit` was answered. */
  readonly exited: SharedArrayBuffer
  /** Takes what the worker has to answer. */
  readonly answerPort: MessagePort
}

/** What the main thread sends beside entries. */
export type DeliveryCommand =
  | DeliveryMessage
  | { readonly type: 'drain'; readonly id: number; readonly giveUp: boolean; readonly timeoutMillis: number }
  | { readonly type: 'exit'; readonly timeoutMillis: number }

/** What the worker answers. */
export type DeliveryAnswer = { readonly type: 'drained'; readonly id: number; readonly empty: boolean } | DeliveryEvent

const port = parentPort
if (port !== null) {
  const { settings, exited, answerPort } = workerData as DeliveryWorkerData
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has none
  const answer = (message: DeliveryAnswer): void => answerPort.postMessage(message)
  const delivery = new Delivery(settings, answer)
  const exit = async (timeoutMillis: number): Promise<void> => {
    await delivery.drain(true, timeoutMillis * SENDING_PART)
    delivery.close()
    const flag = new Int32Array(exited)
    Atomics.store(flag, 0, 1)
    Atomics.notify(flag, 0)
    port.close()
    answerPort.close()
  }
  const drain = async (id: number, giveUp: boolean, timeoutMillis: number): Promise<void> => {
    answer({ type: 'drained', id, empty: await delivery.drain(giveUp, timeoutMillis) })
  }
  port.on('message', (command: DeliveryCommand) => {
    if (command.type === 'exit') void exit(command.timeoutMillis)
    else if (command.type === 'drain') void drain(command.id, command.giveUp, command.timeoutMillis)
    else delivery.receive(command)
  })
}
