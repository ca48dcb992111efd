import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Program, startProgram } from '../support/program.ts'
import { hasRedisServer, startRedisServer, type RedisServer } from '../support/redis-server.ts'
import { until } from '../support/until.ts'
import { launchBrowser, noBrowser, openPage } from '../viewer/support/chromium.ts'
import { type Answer, type TestServer, startTestServer } from './test-server.ts'

const ISO = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string
const SPAN_ID = expect.stringMatching(/^[\da-f]{16}$/) as string
const TRACE_ID = expect.stringMatching(/^[\da-f]{32}$/) as string
const NUMBER = expect.any(Number) as number

describe.skipIf(!hasRedisServer())('the life of a real session', () => {
  let under: TestServer
  let redis: RedisServer
  let home: string
  const programs: Program[] = []

  beforeAll(async () => {
    under = await startTestServer()
    redis = await startRedisServer()
    home = mkdtempSync(join(tmpdir(), 'clew-chat-'))
  })
  afterAll(async () => {
    for (const { child } of programs) child.kill('SIGKILL')
    await Promise.all(programs.map(({ ended }) => ended))
    await redis.stop()
    await under.stop()
    rmSync(home, { recursive: true, force: true })
  })

  const start = (name: string, args: readonly string[], more: Record<string, string> = {}): Program => {
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: under.server.urls.otlp, CLEW_HOME: join(home, name), ...more }
    const program = startProgram('test/fixtures/chat.mjs', args, environment)
    programs.push(program)
    return program
  }
  const serve = async (name: string, more: Record<string, string> = {}): Promise<{ program: Program; url: string }> => {
    const program = start(name, ['serve', redis.url], more)
    const [line] = (await once(program.child.stdout ?? program.child, 'data')) as [Buffer]
    return { program, url: line.toString().trim() }
  }
  const speak = async (url: string, id: string, texts: readonly string[]): Promise<WebSocket> => {
    const socket = new WebSocket(`${url}/?session_id=${id}`, ['chat.v1'], {
      headers: { 'x-tenant': 'acme', 'user-agent': 'phone/1' },
    })
    await once(socket, 'open')
    for (const text of texts) {
      socket.send(text)
      await once(socket, 'message')
    }
    return socket
  }
  const life = async (id: string): Promise<Answer> => (await under.get(`/sessions/${id}`)).body
  const kinds = (answer: Answer): string[] => answer.items?.map((item: Answer) => item.kind) ?? []

  test('is answered whole by one request: upgrade, summary, operation, Redis, error, logs, close', async () => {
    const { program, url } = await serve('whole')
    const socket = await speak(url, 's-whole', ['one', 'fail'])
    await until('a summary', async () => kinds(await life('s-whole')).includes('summary'))
    socket.close(1000, 'done')
    await until('the end', async () => {
      const found = kinds(await life('s-whole'))
      return ['end', 'session', 'upgrade', 'error', 'operation'].every((kind) => found.includes(kind))
    })
    program.child.kill('SIGTERM')
    await program.ended
    const answer = await life('s-whole')
    const session = {
      session_id: 's-whole',
      role: 'server',
      state: 'closed',
      state_reason: 'end_recorded',
      service: 'chat',
      instance_id: expect.any(String) as string,
      host: expect.any(String) as string,
      process_pid: program.child.pid,
      tenant_id: 'acme',
      user_id: 'u-7',
      trace_id: TRACE_ID,
      span_id: SPAN_ID,
      began: ISO,
      last_sign_of_life: ISO,
      ended: ISO,
      duration_ms: NUMBER,
      messages_received: 2,
      messages_sent: 2,
      bytes_received: 7,
      bytes_sent: 15,
      close_code: 1000,
      close_name: expect.any(String) as string,
      close_reason: 'done',
      errors: 1,
      summary_interval_ms: 400,
      service_began_anew: null,
      protocol: 'chat.v1',
      ip_address: '127.0.0.1',
      user_agent: 'phone/1',
      path: '/',
      details: expect.any(Object) as object,
    }
    expect({ ...answer, items: [], traces: [], statistics: null }).toEqual({
      session_id: 's-whole',
      state: 'closed',
      sessions: [session],
      traces: [],
      statistics: null,
      items: [],
      next_cursor: null,
    })
    expect((await under.get('/sessions?state=closed&tenant=acme&user=u-7&service=chat')).body).toEqual({
      sessions: [session],
      next_cursor: null,
    })

    const found = kinds(answer)
    expect(found.slice(0, 3)).toEqual(['upgrade', 'session', 'start'])
    expect(found.at(-1)).toBe('end')
    // On a busy machine clew warns of slow commands.
    const unwarned = { items: answer.items.filter((item: Answer) => item.record?.level !== 'WARNING') }
    const others = kinds(unwarned).filter((kind) => kind !== 'summary')
    expect(others.toSorted()).toEqual(
      ['upgrade', 'session', 'start', 'operation', 'redis', 'redis', 'log', 'error', 'end'].toSorted(),
    )
    const times = answer.items.map((item: Answer) => BigInt(item.span?.start_unix_nano ?? item.record.time_unix_nano))
    expect(times).toEqual(times.toSorted((a: bigint, b: bigint) => (a < b ? -1 : 1)))
    const error = answer.items.find((item: Answer) => item.kind === 'error').record
    expect(error).toMatchObject({
      message: 'message refused',
      session_id: 's-whole',
      error: { message: 'no such room' },
    })
    const upgrade = answer.items.find((item: Answer) => item.kind === 'upgrade').span
    expect(upgrade.attributes).toMatchObject({ 'http.response.status_code': 101 })

    const { statistics } = answer
    expect(statistics).toMatchObject({
      records: found.filter((kind) => ['start', 'summary', 'end', 'log', 'error'].includes(kind)).length,
      by_level: { ERROR: 1 },
      operations: { count: 1, errors: 0, slowest: [{ name: 'store_message', component: 'chat', status: 'UNSET' }] },
      redis: { count: 2, errors: 0 },
    })
    const commands = statistics.redis.commands.map((one: Answer) => [
      one.command,
      one.count,
      one.total_ms === one.max_ms,
    ])
    expect(commands.toSorted()).toEqual([
      ['GET', 1, true],
      ['SET', 1, true],
    ])
    const moved = statistics.traffic.reduce((sum: number, step: Answer) => sum + step.messages_received, 0)
    expect(moved).toBe(2)
    expect(answer.traces).toMatchObject([{ trace_id: answer.sessions[0].trace_id, service: 'chat' }])
  })

  test('is broken off once its process was killed and no sign of life comes', async () => {
    const { program, url } = await serve('killed')
    const socket = await speak(url, 's-killed', ['one'])
    socket.on('error', () => undefined)
    await until('a summary', async () => kinds(await life('s-killed')).includes('summary'))
    expect(await life('s-killed')).toMatchObject({ state: 'open', sessions: [{ state_reason: 'sign_of_life' }] })
    program.child.kill('SIGKILL')
    expect((await program.ended).signal).toBe('SIGKILL')
    await until('it is taken for broken off', async () => (await life('s-killed')).state === 'broken_off')
    const { sessions, items } = await life('s-killed')
    expect(sessions).toMatchObject([{ state_reason: 'silent', ended: null, close_code: null, user_id: 'u-7' }])
    expect(items[0].kind).toBe('upgrade')
    const list = (await under.get('/sessions?state=broken_off')).body.sessions
    expect(list.map((one: Answer) => one.session_id)).toEqual(['s-killed'])
  })

  test('is known to be broken off when its instance begins again as another process', async () => {
    const same = { OTEL_RESOURCE_ATTRIBUTES: 'service.instance.id=chat-1', CLEW_LIFECYCLE: 'true' }
    const { program, url } = await serve('first', same)
    const socket = await speak(url, 's-again', ['one'])
    socket.on('error', () => undefined)
    await until('it is there', async () => (await life('s-again')).state === 'open')
    program.child.kill('SIGKILL')
    await program.ended
    await serve('second', same)
    await until('it is known', async () => (await life('s-again')).sessions[0].state_reason === 'instance_restarted')
    expect(await life('s-again')).toMatchObject({ state: 'broken_off', sessions: [{ service_began_anew: ISO }] })
  })

  test('was left open when its process shut down, and has a side of the client apart', async () => {
    const { program, url } = await serve('left')
    const client = start('client', ['join', url, 's-left'])
    await once(client.child.stdout ?? client.child, 'data')
    await until('both sides', async () => (await life('s-left')).sessions?.length === 2)
    program.child.kill('SIGTERM')
    await program.ended
    await client.ended
    await until('both ends', async () => (await life('s-left')).sessions.every((one: Answer) => one.ended !== null))
    const { state, sessions } = await life('s-left')
    expect(state).toBe('left_open')
    const sides = sessions.map((one: Answer) => [one.role, one.service, one.state, one.messages_sent])
    expect(sides.toSorted()).toEqual([
      ['client', 'chat-client', 'closed', 1],
      ['server', 'chat', 'left_open', 1],
    ])
    expect((await under.get('/sessions?state=left_open')).body.sessions).toMatchObject([{ session_id: 's-left' }])
  })

  test.skipIf(noBrowser)('is told on its page as it was', async () => {
    const browser = await launchBrowser()
    try {
      const head = async (id: string): Promise<string> => {
        const { page } = await openPage(browser, `${under.server.urls.viewer}/#/sessions/${id}`)
        await page.locator('.state-now').waitFor()
        return (await page.locator('.session-head').textContent()) ?? ''
      }
      const whole = await head('s-whole')
      for (const part of [
        'Closed',
        '1000',
        '“done”',
        'chat',
        'u-7',
        'acme',
        'phone/1',
        'chat.v1',
        '2 · 7 B',
        '1 error',
      ])
        expect(whole).toContain(part)
      const killed = await head('s-killed')
      expect(killed).toMatch(
        /Broken off\. Last sign of life \d\d:\d\d:\d\d, no end was recorded: the process was killed/,
      )
      expect(await head('s-again')).toContain('Its instance has begun again as another process since.')
      const left = await head('s-left')
      expect(left).toMatch(/The process shut down \d\d:\d\d:\d\d while the connection was open/)
      for (const part of ['serverchatLeft open', 'clientchat-clientClosed']) expect(left).toContain(part)
    } finally {
      await browser.close()
    }
  })
})
