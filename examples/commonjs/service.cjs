// The same from CommonJS, with no build step; express comes first on purpose.
const express = require('express')
const { getLogger, init } = require('clew')

const clew = init({ service: 'greetings' })
const log = getLogger('greetings')

const app = express()
app.get('/greet/:name', (request, response) => {
  log.info('greeting', { name: request.params.name })
  response.json({ hello: request.params.name })
})

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`)
})

process.once('SIGTERM', () => server.close(() => void clew.shutdown()))
