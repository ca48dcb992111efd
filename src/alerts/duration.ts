const UNITS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 } as const

/** The milliseconds of `90s`, `5m`, `1h` or `7d`; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const { count, unit = '' } = /^(?<count>[1-9]\d{0,8})(?<unit>[smhd])$/.exec(text)?.groups ?? {}
  return count === undefined ? undefined : Number(count) * UNITS[unit as keyof typeof UNITS]
}

/** Whole seconds in the largest unit that fits: `90s`, `5m`, `1h`; understood by `parseDuration`, Loki, Prometheus and Grafana alike. */
export function durationText(millis: number): string {
  const [unit, size] = Object.entries(UNITS).find(([, each]) => millis >= each && millis % each === 0) ?? ['s', 1_000]
  return `${Math.floor(millis / size)}${unit}`
}
