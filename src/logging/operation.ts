import { types } from 'node:util'
import { runInContext } from '../context/index.ts'
import { RunningOperation, type Operation, type OperationCall } from './running-operation.ts'

export type OperationFunction<R> = (operation: Operation) => R

/** Runs `fn` as an operation; see `Logger.operation`. Only what `fn` throws is thrown: what goes wrong in recording it stays inside. */
export function runOperation<R>(call: OperationCall, fn: OperationFunction<R>): R {
  const running = new RunningOperation(call)
  return runInContext(running.context, () => {
    let result: R
    try {
      result = fn(running)
    } catch (error) {
      running.fail(error)
      throw error
    }
    if (types.isPromise(result)) return settled(result, running) as R
    running.end()
    return result
  })
}

function settled(result: Promise<unknown>, running: RunningOperation): Promise<unknown> {
  return result.then(
    (value: unknown) => {
      running.end()
      return value
    },
    (error: unknown) => {
      running.fail(error)
      throw error
    },
  )
}
