/** The ball of thread and its loose end. */
export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 24 24" aria-hidden="true">
      <circle cx="10.5" cy="10.5" r="8" />
      <path d="M4.200 14.600C8 15 13.800 11.700 15.400 4.200M2.700 9.200c4 .6 7.600-1.900 8.600-6.400M7.400 17.800c5-.6 9.600-4.600 10.800-9.300" />
      <path d="M15.800 16.800c1 2.600 3 4.100 6.200 4.200" />
    </svg>
  )
}
