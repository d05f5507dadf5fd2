/** Over which time bytes are summed up. */
export const TRAFFIC_WINDOW_MILLISECONDS = 60_000;

/** Bytes within the last {@link TRAFFIC_WINDOW_MILLISECONDS}, to the precision of half a window. */
export class TrafficCounter {
  #start = 0;
  #before = 0;
  #now = 0;

  /** Adds to the sum and returns it. */
  add(bytes: number, time = performance.now()): number {
    const half = TRAFFIC_WINDOW_MILLISECONDS / 2;
    const halves = Math.floor((time - this.#start) / half);
    if (halves > 0) {
      this.#before = halves === 1 ? this.#now : 0;
      this.#now = 0;
      this.#start += halves * half;
    }
    this.#now += bytes;
    return this.#before + this.#now;
  }
}
