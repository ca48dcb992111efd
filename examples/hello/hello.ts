import { getLogger, init, withContext } from 'clew'

init({ service: 'hello' })
const log = getLogger('greeter')

withContext({ 'user.id': 'u-7' }, () =>
  log.operation('greet', () => {
    log.info('hello, world', { language: 'en' })
  }),
)
