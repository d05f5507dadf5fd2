/** What became of one cluster. */
export interface BulkResult {
  readonly name: string;
  /** Undefined where it worked. */
  readonly error: unknown;
}

export interface BulkOptions {
  readonly names: readonly string[];
  /** Sends the request of one cluster. @throws what has `status` and perhaps `retryAfter` in milliseconds */
  readonly act: (name: string, signal: AbortSignal) => Promise<unknown>;
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
  readonly onResult: (result: BulkResult) => void;
  readonly signal: AbortSignal;
}

/** How often a request is sent again that the server asks to repeat. */
const REPEATS = 5;
const LONGEST_WAIT = 30_000;
const SHORTEST_WAIT = 500;

/**
 * Does the same with many clusters, one after another, since callers have a budget of requests. What the server asks to
 * repeat is repeated when it says. Ends early when the session has ended or the signal is aborted; the rest has no result.
 */
export async function actOnEach(options: BulkOptions): Promise<void> {
  for (const name of options.names) {
    if (options.signal.aborted) return;
    const error = await failureOf(name, options);
    if (options.signal.aborted && error !== undefined) return;
    options.onResult({ name, error });
    if (statusOf(error) === 401) return;
  }
}

async function failureOf(name: string, { act, wait, signal }: BulkOptions): Promise<unknown> {
  for (let repeats = 0; ; repeats += 1) {
    try {
      await act(name, signal);
      return undefined;
    } catch (error) {
      if (signal.aborted || repeats === REPEATS || !isToBeRepeated(error)) return error;
      await wait(waitOf(error), signal).catch(() => {});
      if (signal.aborted) return error;
    }
  }
}

function isToBeRepeated(error: unknown): boolean {
  const status = statusOf(error);
  return status === 429 || status === 503;
}

function waitOf(error: unknown): number {
  const asked = numberIn(error, 'retryAfter') ?? SHORTEST_WAIT;
  return Math.max(SHORTEST_WAIT, Math.min(LONGEST_WAIT, asked));
}

function statusOf(error: unknown): number | undefined {
  return numberIn(error, 'status');
}

function numberIn(value: unknown, key: 'status' | 'retryAfter'): number | undefined {
  if (typeof value !== 'object' || value === null || !(key in value)) return undefined;
  const found: unknown = (value as Readonly<Record<string, unknown>>)[key];
  return typeof found === 'number' ? found : undefined;
}
