/** Faults that can be injected into a cluster. */
export type Fault =
  /** Connections are refused, and existing ones are reset. */
  | { readonly kind: 'unreachable' }
  /** Connections are accepted and never answered, not even with TLS. */
  | { readonly kind: 'hang' }
  /** Responses are delayed. */
  | (RequestFault & { readonly kind: 'slow'; readonly milliseconds: number })
  /** Answers are this status: 401, 403, 429, 500, 503, … */
  | (RequestFault & {
      readonly kind: 'status';
      readonly code: number;
      readonly retryAfterSeconds?: number;
      /** In the place of the usual words. */
      readonly message?: string;
    })
  /** The connection is reset instead of a response; `done`: when the request has been carried out. */
  | (RequestFault & { readonly kind: 'reset'; readonly done?: boolean })
  /** Namespaces stay in Terminating: an object without an API holds them. */
  | { readonly kind: 'stuck-namespace'; readonly namespace: string }
  /** The server ended between the two steps of this definition: it is established once its metadata changes. */
  | { readonly kind: 'interrupted-definition'; readonly name: string }
  /** Pods of this workload (or prefix of a Pod's name) do not become ready. */
  | { readonly kind: 'never-ready'; readonly namespace?: string; readonly name: string; readonly reason?: string }
  /** Webhooks backed by this Service do not answer before their timeout. */
  | { readonly kind: 'webhook-hang'; readonly service: string }
  /** The cluster's clock is wrong: the dates of its answers, and the times of its tokens. */
  | { readonly kind: 'clock'; readonly aheadMilliseconds: number };

/** Which requests a fault is for. */
export interface RequestFault {
  /** A regular expression on `METHOD /path?query`; all requests when it is absent. */
  readonly match?: string;
  /** Share of the matching requests, 0 to 1. Default 1. */
  readonly probability?: number;
  /** Begins after this many matching requests. */
  readonly skip?: number;
  /** Ends by itself after this many requests. */
  readonly times?: number;
}

const KINDS = new Set([
  'unreachable',
  'hang',
  'slow',
  'status',
  'reset',
  'stuck-namespace',
  'interrupted-definition',
  'never-ready',
  'webhook-hang',
  'clock',
]);

/** Validates the request of a client of the control endpoint. @throws Error with the reason */
export function parseFault(value: unknown): Fault {
  if (typeof value !== 'object' || value === null) throw new Error('a fault is an object');
  const fault = value as Record<string, unknown>;
  if (typeof fault['kind'] !== 'string' || !KINDS.has(fault['kind'])) {
    throw new Error(`kind must be one of ${[...KINDS].join(', ')}`);
  }
  const needs: Record<string, readonly [string, string]> = {
    slow: ['milliseconds', 'number'],
    status: ['code', 'number'],
    'stuck-namespace': ['namespace', 'string'],
    'interrupted-definition': ['name', 'string'],
    'never-ready': ['name', 'string'],
    'webhook-hang': ['service', 'string'],
    clock: ['aheadMilliseconds', 'number'],
  };
  const need = needs[fault['kind']];
  if (need !== undefined && typeof fault[need[0]] !== need[1]) throw new Error(`${need[0]} must be a ${need[1]}`);
  checkPattern(fault['match']);
  return fault as unknown as Fault;
}

function checkPattern(pattern: unknown): void {
  if (pattern === undefined) return;
  if (typeof pattern !== 'string') throw new Error('match must be a string');
  try {
    RegExp(pattern);
  } catch {
    throw new Error('match must be a regular expression');
  }
}

interface ActiveFault {
  readonly fault: Fault;
  readonly pattern: RegExp | undefined;
  /** Matching requests before the first that meets it. */
  skipped: number;
  remaining: number;
}

/** The faults of one cluster, settable at any time. */
export class Faults {
  #active: ActiveFault[] = [];
  readonly #listeners = new Set<() => void>();

  get all(): readonly Fault[] {
    return this.#active.map(({ fault }) => fault);
  }

  /** Replaces all faults. */
  set(faults: readonly Fault[]): void {
    this.#active = faults.map((fault) => ({
      fault,
      pattern: 'match' in fault && fault.match !== undefined ? new RegExp(fault.match) : undefined,
      skipped: 'skip' in fault && fault.skip !== undefined ? fault.skip : 0,
      remaining: 'times' in fault && fault.times !== undefined ? fault.times : Number.POSITIVE_INFINITY,
    }));
    for (const listener of this.#listeners) listener();
  }

  add(...faults: readonly Fault[]): void {
    this.set([...this.all, ...faults]);
  }

  clear(): void {
    this.set([]);
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  has(kind: 'unreachable' | 'hang'): boolean {
    return this.#active.some(({ fault }) => fault.kind === kind);
  }

  /** The faults that one request meets; counts it. */
  forRequest(method: string, url: string): readonly Fault[] {
    if (this.#active.length === 0) return [];
    const met = this.#active.filter((active) => {
      const { fault, pattern, remaining } = active;
      if (fault.kind !== 'slow' && fault.kind !== 'status' && fault.kind !== 'reset') return false;
      if (remaining <= 0 || (pattern !== undefined && !pattern.test(`${method} ${url}`))) return false;
      active.skipped -= 1;
      if (active.skipped >= 0) return false;
      return fault.probability === undefined || Math.random() < fault.probability;
    });
    for (const active of met) active.remaining--;
    return met.map(({ fault }) => fault);
  }

  /** Why a Pod does not become ready, or undefined when it does. */
  neverReadyReason(namespace: string, podName: string): string | undefined {
    for (const { fault } of this.#active) {
      if (fault.kind !== 'never-ready' || (fault.namespace ?? namespace) !== namespace) continue;
      if (podName === fault.name || podName.startsWith(`${fault.name}-`)) return fault.reason ?? 'ImagePullBackOff';
    }
    return undefined;
  }

  isNamespaceStuck(namespace: string): boolean {
    return this.#active.some(({ fault }) => fault.kind === 'stuck-namespace' && fault.namespace === namespace);
  }

  isDefinitionInterrupted(name: string): boolean {
    return this.#active.some(({ fault }) => fault.kind === 'interrupted-definition' && fault.name === name);
  }

  /** How far the cluster's clock is ahead; negative when it is behind. */
  get clockAheadMilliseconds(): number {
    for (const { fault } of this.#active) if (fault.kind === 'clock') return fault.aheadMilliseconds;
    return 0;
  }

  isWebhookHanging(service: string): boolean {
    return this.#active.some(({ fault }) => fault.kind === 'webhook-hang' && fault.service === service);
  }
}
