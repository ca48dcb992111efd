import type { Session, SessionAnswer } from '../api/contract.ts'
import { CopyButton } from '../controls/copy-button.tsx'
import { Icon } from '../controls/icon.tsx'
import { ServiceTag } from '../controls/service-tag.tsx'
import { addressOf } from '../route/route.ts'
import { countOf, countText } from '../text/count.ts'
import { visibleLine } from '../text/visible.ts'
import { calendarDay, clockTime, shortTime } from '../time/clock.ts'
import { durationText } from '../time/duration.ts'
import { RoleTag, StateTag } from './state-tag.tsx'
import { stateText } from './wording.ts'

const MOST_SIDES = 4

/** The connection that a session is told by: an open one, else the server's newest. */
export function mainSession({ sessions }: SessionAnswer): Session | undefined {
  return sessions.find(({ state }) => state === 'open') ?? sessions.find(({ role }) => role === 'server') ?? sessions[0]
}

/** What the session is and how it is doing, with the facts about it. */
export function SessionHead({ sessionId, answer }: { sessionId: string; answer: SessionAnswer | null }) {
  const main = answer ? mainSession(answer) : undefined
  const errors = answer?.statistics?.by_level
  const failed = (errors?.ERROR ?? 0) + (errors?.CRITICAL ?? 0)
  return (
    <div class="trace-head session-head">
      <div class="trace-head-line">
        <h1>
          Session <bdi class="mono">{visibleLine(sessionId, 120)}</bdi>
        </h1>
        <CopyButton name="session id" text={() => sessionId} />
        {main && (
          <span class="state-now" role="status">
            <StateTag state={answer?.state ?? null} />
          </span>
        )}
        {failed > 0 && (
          <span class="errors">
            <Icon name="warning" />
            {countOf(failed, 'error')}
          </span>
        )}
        <span class="spacer" />
        <a
          class="button"
          href={addressOf('logs', [
            ['session', sessionId],
            ['range', 'all'],
          ])}
        >
          In the logs
        </a>
      </div>
      {main?.state === 'broken_off' ? <BrokenOff session={main} /> : main && <p class="quiet">{stateText(main)}</p>}
      {answer && !main && (
        <p class="quiet">No WebSocket connection is known by this id: these are the records and spans that carry it.</p>
      )}
      {answer && answer.sessions.length > 1 && <Sides sessions={answer.sessions} />}
      {main && <Facts session={main} />}
    </div>
  )
}

/** Both ends of the connections, apart; the statistics have them all. */
function Sides({ sessions }: { sessions: readonly Session[] }) {
  return (
    <ul class="sides" aria-label="Connections">
      {sessions.slice(0, MOST_SIDES).map((one) => (
        <li key={`${one.span_id} ${one.began}`}>
          <RoleTag role={one.role} />
          <ServiceTag service={one.service} />
          <StateTag state={one.state} />
          <span class="quiet">
            {shortTime(one.began)}, {durationText(one.duration_ms)}
          </span>
        </li>
      ))}
      {sessions.length > MOST_SIDES && <li class="quiet">and {countText(sessions.length - MOST_SIDES)} more</li>}
    </ul>
  )
}

function BrokenOff({ session }: { session: Session }) {
  return (
    <div class="broken" role="alert">
      <Icon name="broken" />
      <p>
        <strong>Broken off.</strong> {stateText(session)}
        {session.service_began_anew !== null &&
          ` Another process of the service began on ${visibleLine(session.host, 60)} at ${shortTime(session.service_began_anew)}.`}
      </p>
    </div>
  )
}

function Facts({ session }: { session: Session }) {
  const { details, began } = session
  const facts: readonly (readonly [string, string | null, string?])[] = [
    ['User', session.user_id, link('user', session.user_id)],
    ['Tenant', session.tenant_id, link('tenant', session.tenant_id)],
    ['Began', `${calendarDay(began)} ${clockTime(began)}`],
    ['Duration', durationText(session.duration_ms)],
    ['Messages in', traffic(session.messages_received, session.bytes_received)],
    ['Messages out', traffic(session.messages_sent, session.bytes_sent)],
    ['Address', session.ip_address],
    ['Path', session.path],
    ['Sub-protocol', session.protocol],
    ['User agent', session.user_agent],
    ['Process', [session.host, session.process_pid].filter((part) => part !== null).join(' · ')],
    ...Object.entries(details).map(
      ([name, value]) => [name.replace(/^websocket\./, ''), visibleLine(value, 60)] as const,
    ),
  ]
  return (
    <dl class="facts">
      <div>
        <dt>Service</dt>
        <dd>
          <ServiceTag service={session.service} />
        </dd>
      </div>
      {facts.map(
        ([name, value, address]) =>
          value !== null &&
          value !== '' && (
            <div key={name}>
              <dt>{name}</dt>
              <dd title={visibleLine(value, 400)}>
                {address === undefined ? (
                  <bdi>{visibleLine(value, 120)}</bdi>
                ) : (
                  <a href={address}>
                    <bdi>{visibleLine(value, 120)}</bdi>
                  </a>
                )}
              </dd>
            </div>
          ),
      )}
    </dl>
  )
}

function link(filter: string, value: string | null): string {
  return addressOf('sessions', [
    [filter, value ?? ''],
    ['range', 'all'],
  ])
}

function traffic(messages: number | null, bytes: number | null): string | null {
  if (messages === null) return null
  return bytes === null ? countText(messages) : `${countText(messages)} · ${bytesText(bytes)}`
}

function bytesText(bytes: number): string {
  if (bytes < 10_000) return `${countText(bytes)} B`
  return bytes < 10_000_000 ? `${countText(Math.round(bytes / 1_000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}
