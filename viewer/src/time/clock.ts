const pad = (value: number, digits = 2) => String(value).padStart(digits, '0')
const DATE = new Intl.DateTimeFormat('en', { month: 'short', day: '2-digit' })

/** `10:30:45.123` in the reader's time zone. */
export function clockTime(time: string | number, millis = true): string {
  const date = new Date(time)
  if (Number.isNaN(date.getTime())) return '–'
  const seconds = `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`
  return millis ? `${seconds}.${pad(date.getMilliseconds(), 3)}` : seconds
}

/** `Nov 21`, in the reader's time zone. */
export function calendarDay(time: string | number): string {
  const date = new Date(time)
  return Number.isNaN(date.getTime()) ? '' : DATE.format(date)
}

/** Whether a time lies on the reader's present day. */
export function isToday(time: string | number): boolean {
  return new Date(time).toDateString() === new Date().toDateString()
}

/** `10:30:45` today, with the day in front otherwise; without seconds when `interval` makes them idle. */
export function shortTime(time: string | number, interval = 0): string {
  const clock = clockTime(time, interval > 0 && interval < 1_000)
  const shown = interval >= 60_000 ? clock.slice(0, 5) : clock
  return isToday(time) ? shown : `${calendarDay(time)} ${shown}`
}
