import './styles/tokens.css'
import './styles/base.css'
import './styles/controls.css'
import './styles/marks.css'
import './styles/notices.css'
import './styles/shell.css'
import './styles/logs.css'
import './styles/histogram.css'
import './styles/grid.css'
import './styles/traces.css'
import './styles/record.css'
import './styles/trace.css'
import './styles/session.css'
import './styles/session-time.css'
import { render } from 'preact'
import { watchConnection } from './api/connection.ts'
import { listenForKeys } from './keyboard/keyboard.ts'
import { Shell } from './shell/shell.tsx'
import { applyTheme } from './theme/theme.ts'

applyTheme()
listenForKeys()
watchConnection()
const root = document.getElementById('app')
if (root) render(<Shell />, root)
