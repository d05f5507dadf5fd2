import type { FastifyReply, FastifyRequest } from 'fastify';
import { NautesError } from '../../errors/errors.ts';
import { Secret } from '../../base/secret.ts';
import type { CallerContext, ClusterRegistry } from '../../registry/cluster-registry.ts';
import type { TokenGuard } from './token-guard.ts';
import { untilAborted } from '../../base/async/timing.ts';
import type { Sessions } from '../session/sessions.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set once the request is authenticated. */
    call: Call | undefined;
    /** Reason of the error that was answered. */
    failure: string | undefined;
  }
}

/** Made once: every request ends, and making an error with its stack takes longer than most of them. */
const ENDED = new NautesError('Closing');

/** One authenticated request: who calls, and for how long it may run. */
export class Call {
  readonly #abort = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #deadlineMilliseconds: number;
  #context: CallerContext | undefined;
  #isStream = false;
  /** When the session ends that the request came with (milliseconds since 1970); absent for one with a token. */
  sessionEndsAt: number | undefined;

  constructor(deadlineMilliseconds: number) {
    this.#deadlineMilliseconds = deadlineMilliseconds;
    this.#timer = setTimeout(() => {
      this.#abort.abort(new NautesError('DeadlineExceeded', { seconds: deadlineMilliseconds / 1000 }));
    }, deadlineMilliseconds);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get context(): CallerContext {
    if (this.#context === undefined) throw new Error('the request is not authenticated');
    return this.#context;
  }

  get isStream(): boolean {
    return this.#isStream;
  }

  /** Id of the caller once it is known, for logs. */
  get caller(): string | undefined {
    return this.#context?.caller.id;
  }

  async authenticate(
    { registry, guard }: Pick<AuthenticatorOptions, 'registry' | 'guard'>,
    token: string,
    from: Origin,
  ): Promise<void> {
    if (token === '') throw new NautesError('Unauthenticated');
    const settle = guard.admit(from.address, token);
    // It continues when the connection is dropped: a guess counts also when its answer is not awaited.
    const signal = AbortSignal.timeout(this.#deadlineMilliseconds);
    const work = registry.authenticate({ token: new Secret(token), requestId: from.requestId, signal });
    work.then(
      () => settle('accepted'),
      (error) => settle(error instanceof NautesError && UNKNOWN_TOKEN.has(error.reason) ? 'unknown' : 'undecided'),
    );
    this.#context = { ...(await this.within(work)), signal: this.signal };
  }

  /** The result of the work, or the deadline's error if that comes first. */
  within<T>(work: Promise<T>): Promise<T> {
    return untilAborted(work, this.signal);
  }

  /** The answer is sent, or nobody waits for it any more. */
  end(): void {
    clearTimeout(this.#timer);
    if (!this.signal.aborted) this.#abort.abort(ENDED);
  }

  /** The deadline does not hold for event streams. */
  becomesStream(): void {
    this.#isStream = true;
    clearTimeout(this.#timer);
  }
}

/** Errors of a token that nobody gave out. */
const UNKNOWN_TOKEN = new Set(['Unauthenticated', 'TokenRefused']);

interface Origin {
  readonly address: string;
  readonly requestId: string;
}

export interface AuthenticatorOptions {
  readonly registry: ClusterRegistry;
  readonly guard: TokenGuard;
  readonly deadlineMilliseconds: number;
  /** Absent where only tokens are accepted. */
  readonly sessions?: Sessions;
}

/** A call for the request that ends with its answer. */
export function beginCall(request: FastifyRequest, reply: FastifyReply, deadlineMilliseconds: number): Call {
  const call = new Call(deadlineMilliseconds);
  request.call = call;
  reply.raw.once('close', () => call.end());
  return call;
}

/** Authenticates before anything of the request is read or done: by its token, else by the session of a browser. */
export function authenticator(options: AuthenticatorOptions) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const call = beginCall(request, reply, options.deadlineMilliseconds);
    const session = await options.sessions?.of(request);
    call.sessionEndsAt = session?.endsAt;
    const token = session?.token.reveal() ?? tokenOf(request);
    await call.authenticate(options, token, originOf(request));
  };
}

/** Where a request comes from, and which one it is. */
export function originOf({ ip, id }: FastifyRequest): Origin {
  return { address: ip, requestId: id };
}

/** The word `Bearer` is removed once, wherever it stands, as the original does: a bare token is one too. */
export function tokenOf({ headers }: FastifyRequest): string {
  return (headers.authorization ?? '').replace('Bearer', '').trim();
}

export function callOf(request: FastifyRequest): Call {
  if (request.call === undefined) throw new Error('the route does not authenticate');
  return request.call;
}
