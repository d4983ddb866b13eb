/** When something happens, by both clocks: whichever says that more time has passed is believed. */
export interface Instant {
  readonly monotonicMs: number;
  readonly wallMs: number;
}
