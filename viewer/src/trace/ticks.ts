const STEPS = [1, 2, 5, 10]
const WISHED = 6

/** Round times from 0 to the length of a trace, in milliseconds, about six of them. */
export function ticks(length: number): number[] {
  const rough = length / WISHED
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = (STEPS.find((factor) => factor * power >= rough) ?? 10) * power
  return Array.from({ length: Math.floor(length / step) + 1 }, (_, index) => index * step).filter(
    (at) => at < length * 0.97,
  )
}
