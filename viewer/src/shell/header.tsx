import { connection, health, stats } from '../api/connection.ts'
import { Icon, type IconName } from '../controls/icon.tsx'
import { Logo } from '../controls/logo.tsx'
import { addressOf, route, type PageName } from '../route/route.ts'
import { countText, shortCount } from '../text/count.ts'
import { nextTheme, theme, type Theme } from '../theme/theme.ts'

const CONNECTION = { connecting: 'Connecting', connected: 'Connected', lost: 'Reconnecting' } as const
const THEME: Readonly<Record<Theme, { icon: IconName; name: string }>> = {
  system: { icon: 'system', name: 'as the system' },
  light: { icon: 'sun', name: 'light' },
  dark: { icon: 'moon', name: 'dark' },
}

/** Name, pages, the server's state and counts, theme and help. */
export function Header({ onHelp }: { onHelp: () => void }) {
  const shown = THEME[theme.value]
  return (
    <header class="header">
      <a class="brand" href={addressOf('logs')} aria-label="clew, all logs">
        <Logo />
        <span>clew</span>
      </a>
      <nav aria-label="Pages">
        <PageLink page="logs" name="Logs" />
        <PageLink page="traces" name="Traces" />
        <PageLink page="sessions" name="Sessions" />
      </nav>
      <ServerState />
      <button
        type="button"
        class="icon-button"
        aria-label={`Theme: ${shown.name}. Change`}
        title={`Theme: ${shown.name}`}
        onClick={nextTheme}
      >
        <Icon name={shown.icon} />
      </button>
      <button type="button" class="icon-button" aria-label="Keyboard help" title="Keyboard help (?)" onClick={onHelp}>
        <Icon name="help" />
      </button>
    </header>
  )
}

function PageLink({ page, name }: { page: PageName; name: string }) {
  const now = route.value.page
  const current = now === page || `${now}s` === page
  return (
    <a href={addressOf(page)} aria-current={current ? 'page' : undefined}>
      {name}
    </a>
  )
}

function ServerState() {
  const store = health.value?.store
  const rate = stats.value?.error_rate
  return (
    <div class="server" role="group" aria-label="Server">
      {store && (
        <>
          <Figure name="logs" count={store.logs} />
          <Figure name="spans" count={store.spans} />
        </>
      )}
      {rate !== undefined && (
        <span class="figure" data-high={rate > 0.05} title="Share of ERROR and CRITICAL in all records">
          <b>{(rate * 100).toFixed(rate < 0.1 ? 1 : 0)}%</b> errors
        </span>
      )}
      <span class="connection" data-state={connection.value} role="status" title={health.value?.version}>
        {CONNECTION[connection.value]}
      </span>
    </div>
  )
}

function Figure({ name, count }: { name: string; count: number }) {
  return (
    <span class="figure" title={`${countText(count)} ${name} stored`}>
      <b>{shortCount(count)}</b> {name}
    </span>
  )
}
