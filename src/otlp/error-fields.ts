import { errorAttributes, errorType, readField, type ErrorDetails } from '../values/index.ts'
import type { Fields } from './fields.ts'
import type { LogRecordData } from './log-record.ts'

const ERROR_TYPE = 'error.type'

/** The attributes of a record's error, with its `error.type` unless a field says it. */
export function errorFields(error: ErrorDetails, record: LogRecordData): Fields {
  const type = namedErrorType(error, record)
  return type === undefined ? errorAttributes(error) : { ...errorAttributes(error), [ERROR_TYPE]: type }
}

/** What stands for the class of a record's error; undefined where a field of the record says it. */
export function namedErrorType(error: ErrorDetails, { context, bound, fields }: LogRecordData): string | undefined {
  const isNamed =
    context?.has(ERROR_TYPE) === true ||
    bound?.has(ERROR_TYPE) === true ||
    (fields !== undefined && readField(fields, ERROR_TYPE) !== undefined)
  return isNamed ? undefined : errorType(error)
}
