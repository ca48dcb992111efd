import 'reflect-metadata'
import {
  Controller,
  Get,
  Injectable,
  Module,
  Param,
  StreamableFile,
  UseGuards,
  UseInterceptors,
  type ArgumentMetadata,
  type CallHandler,
  type ExecutionContext,
  type MiddlewareConsumer,
  type NestInterceptor,
  type PipeTransform,
} from '@nestjs/common'
import { NestFactory, type AbstractHttpAdapter } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { Router } from '@koa/router'
import { getRequestListener } from '@hono/node-server'
import express, { type NextFunction, type Request, type Response } from 'express'
import Fastify from 'fastify'
import { Hono } from 'hono'
import { stream } from 'hono/streaming'
import Koa from 'koa'
import { createRequire } from 'node:module'
import { createServer, type RequestListener, type Server } from 'node:http'
import { Readable } from 'node:stream'
import { tap } from 'rxjs'

/** What a server does at each place of a request, the same in every framework. */
export interface Steps {
  /** In front of the handler. */
  authenticate(user: string): Promise<void>
  handle(user: string): Promise<void>
  /** While the answer goes out. */
  body(): AsyncGenerator<Buffer>
  /** At any other place. */
  pass(place: string): void
}

/** A server that goes through these steps for `/rooms/:user`, not listening yet. */
export type Room = (steps: Steps) => Promise<Server>

const served = (listener: RequestListener): Server => createServer(listener)

const onExpress =
  (make: typeof express): Room =>
  async (steps) => {
    const app = make()
    app.use(async (request: Request, _response: Response, next: NextFunction) => {
      await steps.authenticate(request.path.slice(7))
      next()
    })
    app.use('/rooms', (_request, response, next) => {
      response.on('finish', () => steps.pass('finish'))
      next()
    })
    app.get('/rooms/:user', async (request: Request, response: Response) => {
      await steps.handle(String(request.params['user']))
      Readable.from(steps.body()).pipe(response)
    })
    return served(app)
  }

const onFastify: Room = async (steps) => {
  const app = Fastify()
  app.addHook('onRequest', async (request) => steps.authenticate(request.url.slice(7)))
  app.addHook('preHandler', async () => steps.pass('preHandler'))
  app.addHook('onSend', async () => steps.pass('onSend'))
  app.addHook('onResponse', async () => steps.pass('onResponse'))
  app.get<{ Params: { user: string } }>('/rooms/:user', async (request, reply) => {
    await steps.handle(request.params.user)
    return reply.send(Readable.from(steps.body()))
  })
  await app.ready()
  return app.server
}

const onKoa: Room = async (steps) => {
  const router = new Router()
  router.get('/rooms/:user', async (ctx) => {
    await steps.handle(ctx.params['user'] as string)
    ctx.body = Readable.from(steps.body())
  })
  const app = new Koa()
  app.use(async (ctx, next) => {
    await steps.authenticate(ctx.path.slice(7))
    await next()
    steps.pass('after')
  })
  app.use(router.routes())
  return served(app.callback())
}

const onHono: Room = async (steps) => {
  const app = new Hono()
  app.use(async (c, next) => {
    await steps.authenticate(c.req.path.slice(7))
    await next()
    steps.pass('after')
  })
  app.get('/rooms/:user', async (c) => {
    await steps.handle(c.req.param('user'))
    return stream(c, async (out) => {
      for await (const part of steps.body()) await out.write(part)
    })
  })
  return served(getRequestListener(app.fetch))
}

function method(target: { prototype: object }, name: string, ...decorators: MethodDecorator[]): void {
  const descriptor = Object.getOwnPropertyDescriptor(target.prototype, name) as PropertyDescriptor
  for (const decorator of decorators) decorator(target.prototype, name, descriptor)
}

/** Decorators are applied by hand: Node's own TypeScript has none. */
const onNest =
  (makeAdapter: () => AbstractHttpAdapter): Room =>
  async (steps) => {
    class Guard {
      async canActivate(context: ExecutionContext): Promise<boolean> {
        await steps.authenticate(context.switchToHttp().getRequest<{ url: string }>().url.slice(7))
        return true
      }
    }
    class Interceptor implements NestInterceptor {
      intercept(_context: ExecutionContext, handler: CallHandler) {
        return handler.handle().pipe(tap(() => steps.pass('interceptor')))
      }
    }
    class Pipe implements PipeTransform {
      async transform(value: string, _metadata: ArgumentMetadata): Promise<string> {
        steps.pass('pipe')
        return value
      }
    }
    class Service {
      find(user: string): Promise<void> {
        return steps.handle(user)
      }
    }
    class Rooms {
      readonly #service: Service
      constructor(service: Service) {
        this.#service = service
      }
      async room(user: string): Promise<StreamableFile> {
        await this.#service.find(user)
        return new StreamableFile(Readable.from(steps.body()))
      }
    }
    class App {
      configure(consumer: MiddlewareConsumer): void {
        const middleware = (_request: unknown, _response: unknown, next: () => void): void => {
          steps.pass('middleware')
          next()
        }
        consumer.apply(middleware).forRoutes('*path')
      }
    }
    Injectable()(Service)
    Reflect.defineMetadata('design:paramtypes', [Service], Rooms)
    Controller('rooms')(Rooms)
    method(Rooms, 'room', Get(':user'), UseGuards(Guard), UseInterceptors(Interceptor))
    Param('user', Pipe)(Rooms.prototype, 'room', 0)
    const service = { provide: Service, useFactory: async (): Promise<Service> => new Service() }
    Module({ controllers: [Rooms], providers: [service] })(App)
    const app = await NestFactory.create(App, makeAdapter(), { logger: false })
    await app.init()
    const instance: { ready?: () => PromiseLike<unknown> } = app.getHttpAdapter().getInstance()
    await instance.ready?.()
    return app.getHttpServer()
  }

/** Not of the same types as its own. */
const EXPRESS_4: typeof express = createRequire(import.meta.url)('express4')

/** A room in each framework, and the places that it passes besides. */
export const ROOMS: readonly (readonly [framework: string, room: Room, places: readonly string[]])[] = [
  ['Express 5', onExpress(express), ['finish']],
  ['Express 4', onExpress(EXPRESS_4), ['finish']],
  ['Fastify', onFastify, ['preHandler', 'onSend', 'onResponse']],
  ['Koa', onKoa, ['after']],
  ['Hono', onHono, ['after']],
  ['NestJS on Express', onNest(() => new ExpressAdapter()), ['middleware', 'pipe', 'interceptor']],
  ['NestJS on Fastify', onNest(() => new FastifyAdapter()), ['middleware', 'pipe', 'interceptor']],
]
