import type { Counter, Value } from './value.ts';

/** Which requests a lie is for. */
export interface Occasion {
  /** A regular expression on `METHOD /path?query`; all requests when it is absent. */
  readonly match?: string;
  /** Ends by itself after so many requests. */
  readonly times?: number;
}

/** How a peer misbehaves. Plain data, so that it can be sent to a program that lies. */
export type Lie = Occasion &
  (
    | AnswerLie
    | StreamLie
    | AlterLie
    | RawLie
    | ResetLie
    /** Never answers; without `reads` it does not even take the body of the request. */
    | { readonly kind: 'silent'; readonly reads: boolean }
    | CertificateLie
  );

/** An answer of its own. */
export interface AnswerLie {
  readonly kind: 'answer';
  /** Default 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Value;
}

/** An answer that comes in parts: without end, or slowly, or both. */
export interface StreamLie {
  readonly kind: 'stream';
  /** Default 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent first. */
  readonly head?: Value;
  readonly part: Value;
  /** Default: without end. */
  readonly parts?: number;
  /** Between two parts. Default: as fast as they are taken. */
  readonly milliseconds?: number;
}

/** The honest answer, with something else in one place. Several of them apply one after the other. */
export interface AlterLie {
  readonly kind: 'alter';
  /** Keys to the place, `*` for all elements: `['items', '*', 'metadata', 'uid']`. */
  readonly at: readonly string[];
  readonly to: Value;
}

/** Bytes on the connection in the place of an answer, which need not be HTTP. */
export interface RawLie {
  readonly kind: 'raw';
  readonly text: Value;
  /** How often it is sent; default 1, 0: without end. */
  readonly repeat?: number;
  readonly milliseconds?: number;
  /** What follows. Default `close`. */
  readonly after?: 'close' | 'hang' | 'honest';
}

/** The connection is reset: at its begin, within the TLS handshake, after the request, after the headers, in the body. */
export interface ResetLie {
  readonly kind: 'reset';
  readonly at: 'connect' | 'handshake' | 'request' | 'headers' | 'body';
}

/** Another certificate from the next connection on. */
export interface CertificateLie {
  readonly kind: 'certificate';
  readonly certificate:
    | 'manyNames'
    | 'huge'
    | 'expired'
    | 'future'
    | 'clientOnly'
    | 'controlCharacters'
    | 'empty'
    | 'otherHost'
    | 'otherAuthority';
}

interface ActiveLie {
  readonly lie: Lie;
  readonly pattern: RegExp | undefined;
  remaining: number;
}

/** The lies that a peer tells at the moment. */
export class Lies implements Counter {
  #active: ActiveLie[] = [];
  #count = 0;

  /** Replaces all of them; none: an honest peer. */
  set(lies: readonly Lie[]): void {
    this.#active = lies.map((lie) => ({
      lie,
      pattern: lie.match === undefined ? undefined : new RegExp(lie.match),
      remaining: lie.times ?? Number.POSITIVE_INFINITY,
    }));
  }

  get all(): readonly Lie[] {
    return this.#active.map(({ lie }) => lie);
  }

  next(): number {
    this.#count += 1;
    return this.#count;
  }

  /** What one request meets; counts it. */
  forRequest(line: string): readonly Lie[] {
    const met = this.#active.filter(
      ({ lie, pattern, remaining }) => !isOfConnection(lie) && remaining > 0 && pattern?.test(line) !== false,
    );
    for (const active of met) active.remaining -= 1;
    return met.map(({ lie }) => lie);
  }

  /** What a connection meets before any request on it. */
  forConnection(): 'connect' | 'handshake' | undefined {
    for (const { lie } of this.#active) {
      if (lie.kind === 'reset' && (lie.at === 'connect' || lie.at === 'handshake')) return lie.at;
    }
    return undefined;
  }

  get certificate(): CertificateLie['certificate'] | undefined {
    for (const { lie } of this.#active) if (lie.kind === 'certificate') return lie.certificate;
    return undefined;
  }
}

function isOfConnection(lie: Lie): boolean {
  return lie.kind === 'certificate' || (lie.kind === 'reset' && (lie.at === 'connect' || lie.at === 'handshake'));
}
