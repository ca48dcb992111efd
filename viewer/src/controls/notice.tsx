import type { ComponentChildren } from 'preact'

export interface NoticeProps {
  readonly title: string
  readonly alert?: boolean
  readonly action?: { readonly name: string; readonly run: () => void }
  readonly children?: ComponentChildren
}

/** What stands where data would: why there is none, and what to do. */
export function Notice({ title, alert = false, action, children }: NoticeProps) {
  return (
    <div class="notice" role={alert ? 'alert' : undefined}>
      <h2>{title}</h2>
      <p>{children}</p>
      {action && (
        <button type="button" class="button" onClick={action.run}>
          {action.name}
        </button>
      )}
    </div>
  )
}
