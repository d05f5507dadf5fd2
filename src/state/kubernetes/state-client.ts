import type { Metrics } from '../../base/metrics.ts';
import { NautesError, saidBy } from '../../errors/errors.ts';
import { action } from '../../messages/action.ts';
import { isOutdated, KubeApiError, type KubeClient } from '../../kube/index.ts';
import { type KubeObject, textAt } from '../../kube-objects/kube-object.ts';
import type { ResourceType } from '../../kube-objects/resource-types.ts';
import type { ManagementCluster } from '../../management/index.ts';
import { quoted } from '../../messages/message.ts';
import { stateWriteCount } from './state-metrics.ts';

/** One request; a write that takes longer is looked at again. */
const REQUEST_MILLISECONDS = 10_000;

/** After a write that was refused for want of room, the stores count as not writable for so long. */
const PROBLEM_MILLISECONDS = 5_000;

/**
 * What came of a write. `conflict`: there is another version, or none, or one where none was expected. `unknown`: there
 * was no answer, so it may have been done.
 */
export type WriteResult =
  | { readonly outcome: 'done'; readonly object: KubeObject }
  | { readonly outcome: 'conflict' }
  | { readonly outcome: 'unknown'; readonly error: NautesError };

export interface AskOptions {
  readonly caller?: AbortSignal;
  /** The resource that a refusal is about. */
  readonly about?: string;
  readonly milliseconds?: number;
}

/** Requests about state, each with a deadline, with failures as errors of the state. */
export class StateClient {
  readonly namespace: string;
  readonly #management: ManagementCluster;
  readonly #metrics: Metrics;
  readonly #closing = new AbortController();
  #problem: { readonly error: NautesError; readonly at: number } | undefined;

  constructor(management: ManagementCluster, metrics: Metrics) {
    this.namespace = management.namespace;
    this.#management = management;
    this.#metrics = metrics;
  }

  get metrics(): Metrics {
    return this.#metrics;
  }

  /** @throws NautesError `Closing` */
  checkOpen(): void {
    if (this.#closing.signal.aborted) throw new NautesError('Closing');
  }

  client(signal: AbortSignal): Promise<KubeClient> {
    return this.#management.client(signal);
  }

  /** The object as it is now. @throws NautesError `StatusStoreUnavailable` */
  async find(type: ResourceType, name: string): Promise<KubeObject | undefined> {
    const at = { namespace: this.namespace, name };
    return await this.ask((client, signal) => client.find(type, at, signal));
  }

  /** Creates the object, or replaces the version that it names. @throws NautesError for a refusal */
  async write(type: ResourceType, object: KubeObject): Promise<WriteResult> {
    const isNew = object.metadata.resourceVersion === undefined;
    return await this.#write(type, textAt(object, 'spec', 'name'), (client, signal) =>
      isNew ? client.create(type, object, {}, signal) : client.replace(type, object, signal),
    );
  }

  /** Deletes that version of the object; `done` also when it is gone. @throws NautesError for a refusal */
  async remove(type: ResourceType, seen: KubeObject): Promise<WriteResult> {
    const { name, uid = '', resourceVersion = '' } = seen.metadata;
    return await this.#write(type, name, async (client, signal) => {
      await client.delete(type, { namespace: this.namespace, name }, { uid, resourceVersion }, signal);
      return seen;
    });
  }

  /** @throws NautesError `StatusStoreUnavailable`, `ManagementStorageFull`, `Closing` */
  async checkWritable(type: ResourceType): Promise<void> {
    this.checkOpen();
    if (this.#problem !== undefined && performance.now() - this.#problem.at < PROBLEM_MILLISECONDS) {
      throw this.#problem.error;
    }
    await this.find(type, 'is-anything-there'); // read from etcd; an answer is enough
  }

  /** Ends every request. */
  close(): void {
    this.#closing.abort(new NautesError('Closing'));
  }

  async #write(
    type: ResourceType,
    about: string,
    send: (client: KubeClient, signal: AbortSignal) => Promise<KubeObject>,
  ): Promise<WriteResult> {
    const count = (result: string) => this.#metrics.add(stateWriteCount, { object: type.kind, result });
    try {
      const object = await this.ask(send, { about });
      this.#problem = undefined;
      count('done');
      return { outcome: 'done', object };
    } catch (error) {
      const cause = error instanceof NautesError ? error.cause : undefined;
      if (isOutdated(cause)) {
        count('conflict');
        return { outcome: 'conflict' };
      }
      count('failed');
      if (!(error instanceof NautesError)) throw error;
      if (error.reason === 'StatusStoreUnavailable' && isUnanswered(cause)) return { outcome: 'unknown', error };
      if (error.reason === 'ManagementStorageFull') this.#problem = { error, at: performance.now() };
      throw error;
    }
  }

  /** Runs requests with a deadline; their failures become errors of the state. */
  async ask<T>(
    send: (client: KubeClient, signal: AbortSignal) => Promise<T>,
    { caller, about = '', milliseconds = REQUEST_MILLISECONDS }: AskOptions = {},
  ): Promise<T> {
    this.checkOpen();
    const signals = [
      this.#closing.signal,
      AbortSignal.timeout(milliseconds),
      ...(caller === undefined ? [] : [caller]),
    ];
    const signal = AbortSignal.any(signals);
    try {
      return await send(await this.#management.client(signal), signal);
    } catch (error) {
      this.checkOpen();
      caller?.throwIfAborted();
      throw stateError(error, about);
    }
  }
}

/** No answer, or one of somebody in between: the write may have been done. */
function isUnanswered(cause: unknown): boolean {
  return cause instanceof KubeApiError ? cause.httpStatus >= 500 : true;
}

/** Errors that say what is wrong by themselves. */
const OWN_REASONS: ReadonlySet<string> = new Set([
  'ManagementAccessUnusable',
  'DefinitionMissing',
  'DefinitionOutdated',
  'ManagementRightMissing',
]);

/** What a failure means to those who store something. */
function stateError(error: unknown, cluster: string): NautesError {
  const options = { cause: error };
  if (error instanceof KubeApiError) {
    const { peerMessage, causes } = error.failure;
    const words = [peerMessage, ...causes.map((cause) => cause.message)].join('\n');
    if (/an earlier owner writes/.test(words)) return new NautesError('OwnedElsewhere', { cluster }, options);
    if (error.httpStatus === 413 || /request is too large|exceeds the limit|Too long/i.test(words)) {
      return new NautesError('StateTooLarge', {}, options);
    }
    if (/database space exceeded/i.test(words)) return new NautesError('ManagementStorageFull', {}, options);
    if (error.httpStatus === 422) return new NautesError('StateRefused', { problem: quoted(peerMessage) }, options);
  }
  if (error instanceof NautesError && OWN_REASONS.has(error.reason)) return error;
  const what = { problem: saidBy(error) };
  return new NautesError('StatusStoreUnavailable', what, { ...options, action: action('CheckManagementCluster') });
}
