const SHAPES = {
  search: 'M11 11l3.500 3.500M12.500 7.250a5.250 5.250 0 1 1-10.500 0a5.250 5.250 0 0 1 10.500 0z',
  close: 'M4 4l8 8M12 4l-8 8',
  copy: 'M5.500 5.500h8v8h-8zM10.500 5.500v-3h-8v8h3',
  check: 'M3 8.500l3.200 3.200L13 4.800',
  filter: 'M2 3.500h12L9.500 8.800v4.200l-3-1.500V8.800z',
  down: 'M4 6.200l4 4l4-4',
  right: 'M6.200 4l4 4l-4 4',
  up: 'M8 13V3.500M4 7.200l4-4l4 4',
  pause: 'M5.500 3.500v9M10.500 3.500v9',
  play: 'M5 3.200l8 4.800l-8 4.800z',
  sun: 'M8 5a3 3 0 1 1 0 6a3 3 0 0 1 0-6M8 1.200v1.300M8 13.500v1.300M1.200 8h1.300M13.500 8h1.300M3.200 3.200l.9.9M11.900 11.900l.9.9M3.200 12.800l.9-.9M11.900 4.100l.9-.9',
  moon: 'M13.500 9.800A6 6 0 0 1 6.200 2.500a6 6 0 1 0 7.300 7.300z',
  system: 'M2 3h12v8H2zM6 13.500h4M8 11v2.500',
  help: 'M5.800 6a2.200 2.200 0 1 1 3.300 1.900c-.7.400-1.100.800-1.100 1.600M8 11.900v.2',
  trace: 'M2 3.500h7M5 8h9M4 12.500h5',
  link: 'M6.500 9.500l3-3M7.200 4.600l1.300-1.300a2.970 2.970 0 0 1 4.200 4.200l-1.300 1.300M8.800 11.400l-1.300 1.300a2.970 2.970 0 0 1-4.200-4.200l1.300-1.300',
  broken: 'M2 8h4.500M9.500 8h4.500M6.800 4.500l-1 7M10.200 4.500l-1 7',
  warning: 'M8 2.500l6 11H2zM8 6.500v3.200M8 11.600v.1',
} as const

export type IconName = keyof typeof SHAPES

/** A line drawing beside a text or inside a button that has a name: screen readers pass over it. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={SHAPES[name]} />
    </svg>
  )
}
