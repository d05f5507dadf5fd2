/** What happened to one cluster since it started. */
export class Counters {
  readonly #requests = new Map<string, number>();
  connections = 0;
  openConnections = 0;
  openWatches = 0;

  /** Counts under `<verb> <resource>`, as in `patch deployments.apps`; other paths under `<verb> <path>`. */
  count(verb: string, resource: string): void {
    const key = `${verb} ${resource}`;
    this.#requests.set(key, (this.#requests.get(key) ?? 0) + 1);
  }

  /** Requests by `<verb> <resource>`. */
  get requests(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#requests);
  }

  /** The number of requests whose `<verb> <resource>` the pattern matches; all without a pattern. */
  total(pattern?: RegExp): number {
    let total = 0;
    for (const [key, number] of this.#requests) if (pattern === undefined || pattern.test(key)) total += number;
    return total;
  }

  reset(): void {
    this.#requests.clear();
  }
}
