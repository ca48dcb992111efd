import { useSignal } from '@preact/signals'
import { Icon } from './icon.tsx'

const SHOWN_MILLIS = 1_200

/** Copies a text; says so for a moment. `name` says what is copied. */
export function CopyButton({ name, text }: { name: string; text: () => string }) {
  const copied = useSignal(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text())
    copied.value = true
    setTimeout(() => (copied.value = false), SHOWN_MILLIS)
  }
  return (
    <button
      type="button"
      class="icon-button"
      title={`Copy ${name}`}
      aria-label={`Copy ${name}`}
      onClick={() => void copy()}
    >
      <Icon name={copied.value ? 'check' : 'copy'} />
      {copied.value && (
        <span class="unseen" role="status">
          Copied
        </span>
      )}
    </button>
  )
}
