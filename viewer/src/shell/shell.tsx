import { useSignal } from '@preact/signals'
import { useLayoutEffect } from 'preact/hooks'
import { connection } from '../api/connection.ts'
import { bindKeys } from '../keyboard/keyboard.ts'
import { LogsPage } from '../logs/logs-page.tsx'
import { route } from '../route/route.ts'
import { SessionPage } from '../session/session-page.tsx'
import { SessionsPage } from '../session/sessions-page.tsx'
import { TracePage } from '../trace/trace-page.tsx'
import { TracesPage } from '../traces/traces-page.tsx'
import { Header } from './header.tsx'
import { HelpOverlay } from './help-overlay.tsx'

/** The frame around every page. */
export function Shell() {
  const help = useSignal(false)
  useLayoutEffect(() => bindKeys({ '?': () => (help.value = true) }), [])
  return (
    <>
      <a class="skip" href="#content" onClick={focusContent}>
        Skip to content
      </a>
      <Header onHelp={() => (help.value = true)} />
      {connection.value === 'lost' && (
        <div class="banner" role="alert">
          <strong>The server does not answer.</strong> Reconnecting; start it with <code>clew up</code> if it is not
          running. What is shown stays.
        </div>
      )}
      <main id="content" tabIndex={-1}>
        <Page />
      </main>
      {help.value && <HelpOverlay onClose={() => (help.value = false)} />}
    </>
  )
}

function Page() {
  const { page, id } = route.value
  if (page === 'trace') return <TracePage key={id} traceId={id} />
  if (page === 'traces') return <TracesPage />
  if (page === 'session') return <SessionPage key={id} sessionId={id} />
  if (page === 'sessions') return <SessionsPage />
  return <LogsPage />
}

function focusContent(event: Event): void {
  event.preventDefault()
  document.getElementById('content')?.focus()
}
