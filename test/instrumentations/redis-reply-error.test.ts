import { describe, expect, it } from 'vitest'
import { CommandShapes } from '../../instrumentations/redis/command-shape.ts'
import { failureOf } from '../../instrumentations/redis/redis-operation.ts'

/** As both clients name the errors that a server answers. */
class ReplyError extends Error {}

function told(error: Error, ...args: unknown[]): { message: string; attributes: Record<string, string> } {
  const shape = new CommandShapes([], false).of(args[0])
  const { error: shown, attributes } = failureOf(error, { shape, args: args.slice(1), caller: '' })
  return { message: (shown as Error).message, attributes }
}

const code = (name: string): Record<string, string> => ({ 'db.response.status_code': name, 'error.type': name })

describe('the error of a reply', () => {
  it.each([
    ["ERR value 'it's my hunter2' is wrong", 'ERR value ? is wrong'],
    [`ERR value '${'x'.repeat(2_000)}hunter2' is wrong`, 'ERR value ? is wrong'],
    ["ERR value 'hunter2", 'ERR value ?'],
    ["ERR value 'a\nhunter2' is wrong", 'ERR value ? is wrong'],
    ['ERR syntax error near hunter2', 'ERR syntax error near ?'],
    [`ERR hunter2 ${'x'.repeat(20_000)}`, 'ERR'],
  ])('tells no piece of an argument: %.40s', (message, expected) => {
    expect(told(new ReplyError(message), 'SET', 'email: hunter2 @@')).toEqual({
      message: expected,
      attributes: code('ERR'),
    })
  })

  it.each(["READONLY You can't write against a read only replica.", "ERR it's the server's own word"])(
    'is told as it is where no argument stands in it: %s',
    (message) => expect(told(new ReplyError(message), 'SET', 'a').message).toBe(message),
  )

  it('without a code of the server is told by its class, or by the code that it has', () => {
    const near = new ReplyError('Syntax error at offset 7 near hunter2')
    expect(told(near, 'FT.SEARCH', 'idx')).toEqual({
      message: 'ReplyError',
      attributes: { 'error.type': 'ReplyError' },
    })
    const named = new ReplyError('SEARCH_SYNTAX at hunter2')
    expect(told(named, 'FT.SEARCH', 'idx')).toEqual({ message: 'SEARCH_SYNTAX', attributes: code('SEARCH_SYNTAX') })
    const repeated = new ReplyError('HUNTER2 is no index')
    expect(told(repeated, 'FT.SEARCH', 'HUNTER2 x')).toEqual({ message: 'ERR', attributes: code('ERR') })
  })

  it('is no error of the client or the network, which say what happened', () => {
    expect(told(new Error('Connection is closed.'), 'GET', 'a').message).toBe('Connection is closed.')
  })
})
