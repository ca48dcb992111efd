// A shop on NestJS with Express. Start it with clew and without a line of code: node --import clew/register examples/frameworks/nest-express.mjs
import { VersioningType } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { shop, ShopModule } from './nest-app.mjs'

export const app = NestFactory.create(ShopModule, new ExpressAdapter(), {
  forceCloseConnections: true,
  logger: ['error'],
})

async function start(app) {
  app.setGlobalPrefix('api')
  app.enableVersioning({ type: VersioningType.URI })
  process.once('SIGTERM', () => void app.close())
  await app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
  const server = app.getHttpServer()
  shop.server = server
  console.log(`listening on http://127.0.0.1:${server.address().port}`)
  return server
}

export const listening = app.then(start)
