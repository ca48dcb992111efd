/** What a service says of a request that it answered, where nobody says it for it. */
const FIELDS = {
  'http.request.method': 'GET',
  'url.path': '/hello',
  'http.response.status_code': 200,
  'client.address': '127.0.0.1',
}

/** Says it with pino. */
export function sayRequest(logger: { info(fields: object, message: string): void }): () => void {
  return () => logger.info(FIELDS, 'request completed')
}
