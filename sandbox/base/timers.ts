/** A call that is due. */
interface Entry {
  readonly due: number;
  readonly run: () => void;
  cancelled: boolean;
}

/**
 * Timers of many clusters on one real timer: a binary heap by due time. The real timer never keeps the process
 * alive by itself.
 */
export class TimerQueue {
  readonly #heap: Entry[] = [];
  #timer: NodeJS.Timeout | undefined;
  #timerDue = Number.POSITIVE_INFINITY;
  #closed = false;

  /** Calls later, once. Returns what cancels it. */
  schedule(delayMilliseconds: number, run: () => void): () => void {
    const entry: Entry = { due: Date.now() + delayMilliseconds, run, cancelled: false };
    if (this.#closed) return () => {};
    this.#push(entry);
    this.#arm();
    return () => {
      entry.cancelled = true;
    };
  }

  close(): void {
    this.#closed = true;
    this.#heap.length = 0;
    clearTimeout(this.#timer);
  }

  #arm(): void {
    const next = this.#heap[0];
    if (next === undefined || next.due >= this.#timerDue) return;
    clearTimeout(this.#timer);
    this.#timerDue = next.due;
    this.#timer = setTimeout(() => this.#run(), Math.max(0, next.due - Date.now()));
    this.#timer.unref();
  }

  #run(): void {
    this.#timerDue = Number.POSITIVE_INFINITY;
    const now = Date.now();
    for (let next = this.#heap[0]; next !== undefined && next.due <= now; next = this.#heap[0]) {
      this.#pop();
      if (!next.cancelled) next.run();
      if (this.#closed) return;
    }
    this.#arm();
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || above.due <= entry.due) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      const left = index * 2 + 1;
      const [first, second] = [heap[left], heap[left + 1]];
      const child = second !== undefined && first !== undefined && second.due < first.due ? left + 1 : left;
      const below = heap[child];
      if (below === undefined || below.due >= last.due) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = last;
  }
}
