import type { SessionAnswer, SessionStatistics } from '../api/contract.ts'
import { addressOf } from '../route/route.ts'
import { countText } from '../text/count.ts'
import { visibleLine } from '../text/visible.ts'
import { clockTime, shortTime } from '../time/clock.ts'
import { durationText } from '../time/duration.ts'
import { LevelTag } from '../controls/level.tsx'
import { ServiceTag } from '../controls/service-tag.tsx'
import { LEVELS } from '../api/contract.ts'
import { RoleTag, StateTag } from './state-tag.tsx'
import { closeText } from './wording.ts'

/** What a session adds up to: its connections, slow operations, Redis, components, levels, traces. */
export function SessionCounts({ answer, counts }: { answer: SessionAnswer; counts: SessionStatistics }) {
  const { operations, redis } = counts
  return (
    <div class="counts" tabIndex={0} role="region" aria-label="Statistics of this session" data-own-keys>
      {answer.sessions.length > 0 && <Connections answer={answer} />}
      <Table
        title={`Slowest operations, of ${countText(operations.count)}`}
        heads={['Operation', 'Component', 'Start', 'Duration']}
        rows={operations.slowest.map((one) => [
          <a key="name" href={addressOf('trace', [['span', one.span_id]], one.trace_id)}>
            {visibleLine(one.name, 80)}
          </a>,
          visibleLine(one.component, 40),
          clockTime(one.start),
          durationText(one.duration_ms),
        ])}
      />
      <Table
        title={`Redis commands, ${countText(redis.count)}`}
        heads={['Command', 'Count', 'Errors', 'Total', 'Longest']}
        rows={redis.commands.map((one) => [
          visibleLine(one.command, 60),
          countText(one.count),
          one.errors > 0 ? <span class="errors">{countText(one.errors)}</span> : '0',
          durationText(one.total_ms),
          durationText(one.max_ms),
        ])}
      />
      <Table
        title={`Records by component, ${countText(counts.records)}`}
        heads={['Component', 'Count', 'Errors']}
        rows={counts.by_component.map((one) => [
          visibleLine(one.component, 60),
          countText(one.count),
          one.errors > 0 ? <span class="errors">{countText(one.errors)}</span> : '0',
        ])}
      />
      <Table
        title="Records by level"
        heads={['Level', 'Count']}
        rows={LEVELS.toReversed()
          .filter((level) => counts.by_level[level] > 0)
          .map((level) => [<LevelTag key={level} level={level} />, countText(counts.by_level[level])])}
      />
      <Table
        title={`Traces, ${countText(answer.traces.length)}`}
        heads={['Trace', 'Service', 'Start', 'Spans', 'Duration']}
        rows={answer.traces.map((one) => [
          <a key="name" href={addressOf('trace', [], one.trace_id)}>
            {visibleLine(one.name, 60)}
          </a>,
          <ServiceTag key="service" service={one.service} />,
          clockTime(one.start),
          countText(one.spans),
          durationText(one.duration_ms),
        ])}
      />
    </div>
  )
}

/** Both ends of each connection, apart. */
function Connections({ answer }: { answer: SessionAnswer }) {
  return (
    <Table
      title={`Connections, ${countText(answer.sessions.length)}`}
      heads={['Side', 'Service', 'State', 'Began', 'Duration', 'In', 'Out', 'Close']}
      rows={answer.sessions.map((one) => [
        <RoleTag key="role" role={one.role} />,
        <ServiceTag key="service" service={one.service} />,
        <StateTag key="state" state={one.state} />,
        one.trace_id === null ? (
          shortTime(one.began)
        ) : (
          <a key="began" href={addressOf('trace', [['span', one.span_id ?? '']], one.trace_id)}>
            {shortTime(one.began)}
          </a>
        ),
        durationText(one.duration_ms),
        one.messages_received === null ? '' : countText(one.messages_received),
        one.messages_sent === null ? '' : countText(one.messages_sent),
        visibleLine(closeText(one), 80),
      ])}
    />
  )
}

type Cell = string | preact.JSX.Element

function Table({
  title,
  heads,
  rows,
}: {
  title: string
  heads: readonly string[]
  rows: readonly (readonly Cell[])[]
}) {
  if (rows.length === 0) return null
  return (
    <table>
      <caption>{title}</caption>
      <thead>
        <tr>
          {heads.map((head) => (
            <th scope="col" key={head}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((cells, index) => (
          <tr key={index}>
            {cells.map((cell, column) => (
              <td key={column}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
