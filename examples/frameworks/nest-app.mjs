// A shop on NestJS, for both platforms. Decorators are applied by hand, since Node runs JavaScript only.
import 'reflect-metadata'
import { PassThrough, Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import {
  Body,
  Catch,
  Controller,
  Get,
  HttpException,
  Module,
  Param,
  Post,
  ServiceUnavailableException,
  StreamableFile,
  UseFilters,
  Version,
} from '@nestjs/common'

/** What the controllers know of the program. */
export const shop = { server: undefined }

/** Applies decorators to a method. */
function decorate(target, name, ...decorators) {
  const descriptor = Object.getOwnPropertyDescriptor(target.prototype, name)
  for (const decorator of decorators) decorator(target.prototype, name, descriptor)
}

export class HomeController {
  home() {
    return 'home'
  }

  async user(id) {
    await pause(1)
    return { user: id }
  }

  order(shop, order) {
    return { shop, order }
  }

  throwing() {
    throw new Error('no stock', { cause: new RangeError('shelf 7 is empty') })
  }

  async rejecting() {
    await pause(1)
    throw new Error('no stock later')
  }

  teapot() {
    throw new HttpException('short and stout', 418)
  }

  down() {
    throw new ServiceUnavailableException('closed today')
  }

  stream() {
    return new StreamableFile(Readable.from([Buffer.from('first '), Buffer.from('last')]), { type: 'text/plain' })
  }

  slow() {
    const body = new PassThrough()
    body.write('first')
    body.on('close', () => console.log('the client has gone'))
    return new StreamableFile(body)
  }

  echo(body) {
    return body
  }

  listeners() {
    const { server } = shop
    return { server: Object.fromEntries(server.eventNames().map((name) => [name, server.listenerCount(name)])) }
  }
}

Controller({ path: '', version: '1' })(HomeController)
decorate(HomeController, 'home', Get())
decorate(HomeController, 'user', Get('users/:id'))
decorate(HomeController, 'order', Get('shops/:shop/orders/:id'), Version('2'))
decorate(HomeController, 'throwing', Get('throw'))
decorate(HomeController, 'rejecting', Get('reject'))
decorate(HomeController, 'teapot', Get('teapot'))
decorate(HomeController, 'down', Get('down'))
decorate(HomeController, 'stream', Get('stream'))
decorate(HomeController, 'slow', Get('slow'))
decorate(HomeController, 'echo', Post('echo'))
decorate(HomeController, 'listeners', Get('listeners'))
Param('id')(HomeController.prototype, 'user', 0)
Param('shop')(HomeController.prototype, 'order', 0)
Param('id')(HomeController.prototype, 'order', 1)
Body()(HomeController.prototype, 'echo', 0)

/** Answers in its own way. */
export class SorryFilter {
  catch(error, host) {
    const response = host.switchToHttp().getResponse()
    response.status(500).send({ sorry: error.message })
  }
}
Catch(TypeError)(SorryFilter)

export class GuardedController {
  async fail() {
    throw new TypeError('no such drawer')
  }
}
Controller({ path: 'guarded', version: '1' })(GuardedController)
UseFilters(new SorryFilter())(GuardedController)
decorate(GuardedController, 'fail', Get('fail'))

export class ShopModule {
  configure(consumer) {
    const open = (_request, response, next) => {
      response.setHeader('x-shop', 'open')
      next()
    }
    consumer.apply(open).forRoutes('*path')
  }
}
Module({ controllers: [HomeController, GuardedController] })(ShopModule)
