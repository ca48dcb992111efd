import * as v from 'valibot'

const FLAG_ALLOWED = 'true or false'
const MILLIS_ALLOWED = 'a number of milliseconds, 0 or more'
const COMMANDS_ALLOWED = 'a list of names of commands'
const REDIS_ALLOWED = 'true, false, or { slowMillis, streamContext, ignoreCommands, requireParent }'

/** What may be said of Redis. */
export const redis = v.union(
  [
    v.boolean(),
    v.strictObject(
      {
        slowMillis: v.optional(
          v.pipe(v.number(MILLIS_ALLOWED), v.minValue(0, MILLIS_ALLOWED), v.maxValue(2 ** 31 - 1, MILLIS_ALLOWED)),
        ),
        streamContext: v.optional(v.boolean(FLAG_ALLOWED)),
        ignoreCommands: v.optional(
          v.array(v.pipe(v.string(COMMANDS_ALLOWED), v.nonEmpty(COMMANDS_ALLOWED)), COMMANDS_ALLOWED),
        ),
        requireParent: v.optional(v.boolean(FLAG_ALLOWED)),
      },
      'an object of slowMillis, streamContext, ignoreCommands, requireParent',
    ),
  ],
  REDIS_ALLOWED,
)
