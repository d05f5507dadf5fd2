interface TimedEvent {
  readonly at: number;
  readonly order: number;
  readonly happen: () => void;
}

/** Time that passes only as fast as things happen: equal programs have equal histories. */
export class VirtualTime {
  #now = 0;
  #order = 0;
  readonly #events: TimedEvent[] = [];

  get now(): number {
    return this.#now;
  }

  /** Calls back at that time, after what was planned for the same time before. */
  at(time: number, happen: () => void): () => void {
    const event = { at: Math.max(time, this.#now), order: this.#order, happen };
    this.#order += 1;
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#events[middle];
      if (other !== undefined && isBefore(other, event)) low = middle + 1;
      else high = middle;
    }
    this.#events.splice(low, 0, event);
    return () => {
      const index = this.#events.indexOf(event);
      if (index !== -1) this.#events.splice(index, 1);
    };
  }

  /** Lets everything happen that is planned until then, and what follows from it. */
  async runUntil(end: number): Promise<void> {
    for (;;) {
      await settled();
      const [next] = this.#events;
      if (next === undefined || next.at > end) break;
      this.#events.shift();
      this.#now = next.at;
      next.happen();
    }
    this.#now = end;
  }
}

/** Promises that are settled have had their effects. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function isBefore(left: TimedEvent, right: TimedEvent): boolean {
  return left.at < right.at || (left.at === right.at && left.order < right.order);
}
