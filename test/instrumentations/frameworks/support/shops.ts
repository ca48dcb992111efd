/** An example server, and where its routes are. */
export interface Shop {
  readonly name: string
  /** In front of each path. */
  readonly prefix: string
  /** The nested mount, as it is asked for and as it is written. */
  readonly order: readonly [path: string, route: string]
}

const ORDER = ['/api/v1/shops/s-1/orders/55', '/api/v1/shops/:shop/orders/:id'] as const
const NEST_ORDER = ['/api/v2/shops/s-1/orders/55', '/api/v2/shops/:shop/orders/:id'] as const

/** The servers of examples/frameworks: all of them answer the same, each in its framework's way. */
export const SHOPS: readonly Shop[] = [
  ...['express', 'express4', 'fastify', 'hono', 'koa'].map((name) => ({ name, prefix: '', order: ORDER })),
  ...['nest-express', 'nest-fastify'].map((name) => ({ name, prefix: '/api/v1', order: NEST_ORDER })),
]
