import { Coalescer } from '../base/async/coalescer.ts';
import type { Secret } from '../base/secret.ts';
import { NautesError } from '../errors/errors.ts';
import { type KubeClient, retryingConflicts } from '../kube/index.ts';
import type { KubeObject } from '../kube-objects/kube-object.ts';
import { wellKnown } from '../kube-objects/resource-types.ts';
import { contentLabels, dataOf, type ManagementCluster, managementProblem } from '../management/index.ts';
import { action } from '../messages/action.ts';
import { tokenNameProblem } from './access-token.ts';
import {
  assertTokenName,
  infoOf,
  makeToken,
  type NewToken,
  parseRecord,
  recordText,
  type TokenInfo,
  type TokenListing,
  type TokenRecord,
  type TokenStore,
} from './token-store.ts';

/** The Secret with all tokens: one key for each name, whose value is the record as JSON. */
export const TOKENS_SECRET = 'nautes-tokens';

/** Readers are let in this long with what was read last, while the management cluster does not answer. */
export const LAST_KNOWN_MILLISECONDS = 10 * 60 * 1000;

type Records = ReadonlyMap<string, TokenRecord | 'unreadable'>;

export interface KubernetesTokensOptions {
  readonly cluster: Pick<ManagementCluster, 'client' | 'namespace' | 'describe'>;
}

/**
 * Tokens in one Secret of the management cluster, so that each read of it knows of all. A token that one process makes is
 * found by the others at the next request: what is not known is asked for, and concurrent callers share that request.
 */
export class KubernetesTokens implements TokenStore {
  readonly #cluster: KubernetesTokensOptions['cluster'];
  readonly #refresh = new Coalescer(() => this.#load());
  #known: { readonly records: Records; readonly at: number } | undefined;

  constructor({ cluster }: KubernetesTokensOptions) {
    this.#cluster = cluster;
  }

  readonly create = async (given: NewToken, signal: AbortSignal): Promise<Secret> => {
    const { token, record } = makeToken(given);
    await this.#change(signal, (records) => {
      if (records[record.name] !== undefined) throw new NautesError('TokenNameTaken', { name: record.name });
      return encoded(record);
    });
    return token;
  };

  readonly restore = async (record: TokenRecord, signal: AbortSignal): Promise<void> => {
    assertTokenName(record.name);
    await this.#change(signal, () => encoded(record));
  };

  readonly revoke = async (name: string, signal: AbortSignal): Promise<void> => {
    assertTokenName(name);
    await this.#change(signal, (records) => {
      if (records[name] === undefined) throw new NautesError('TokenNotFound', { name });
      return { [name]: null };
    });
  };

  readonly list = async (signal: AbortSignal): Promise<TokenListing> => {
    await this.#reload(signal);
    const tokens: TokenInfo[] = [];
    const unreadable: string[] = [];
    for (const [name, record] of this.#known?.records ?? []) {
      if (record === 'unreadable') unreadable.push(`${TOKENS_SECRET}/${name}`);
      else tokens.push(infoOf(record));
    }
    return { tokens, unreadable };
  };

  readonly read = async (name: string, signal: AbortSignal): Promise<TokenRecord | 'unreadable' | undefined> => {
    await this.#reload(signal);
    return this.#known?.records.get(name);
  };

  readonly lastKnown = (name: string): TokenRecord | undefined => {
    const known = this.#known;
    if (known === undefined || performance.now() - known.at > LAST_KNOWN_MILLISECONDS) return undefined;
    const record = known.records.get(name);
    return record === 'unreadable' ? undefined : record;
  };

  /** Asks for a Secret to be made, as a dry run. */
  readonly checkWritable = async (): Promise<void> => {
    const signal = new AbortController().signal;
    await this.#use(signal, async (client) => {
      const probe = secretOf(this.#cluster.namespace, {});
      const metadata = { ...probe.metadata, name: PROBE };
      await client.create(wellKnown.secret, { ...probe, metadata }, { dryRun: true }, signal);
    });
  };

  /** Reads the Secret after this call. A caller that leaves does not end the read of the others. */
  async #reload(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await this.#refresh.run('');
    signal.throwIfAborted();
  }

  async #load(): Promise<void> {
    const signal = new AbortController().signal;
    const at = performance.now();
    const found = await this.#use(signal, (client) => this.#find(client, signal));
    const records = new Map<string, TokenRecord | 'unreadable'>();
    for (const [name, text] of Object.entries(dataOf(found)).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      if (tokenNameProblem(name) !== undefined) continue;
      records.set(name, parseRecord(name, Buffer.from(text, 'base64').toString('utf8')) ?? 'unreadable');
    }
    this.#known = { records, at };
  }

  #find(client: KubeClient, signal: AbortSignal): Promise<KubeObject | undefined> {
    return client.find(wellKnown.secret, { namespace: this.#cluster.namespace, name: TOKENS_SECRET }, signal);
  }

  /** Changes keys of the Secret, decided on what it has; again when another process was faster. */
  async #change(
    signal: AbortSignal,
    decide: (records: Readonly<Record<string, string>>) => Readonly<Record<string, string | null>>,
  ): Promise<void> {
    const { namespace } = this.#cluster;
    await this.#use(signal, (client) =>
      retryingConflicts(async () => {
        const found = await this.#find(client, signal);
        const data = decide(dataOf(found));
        if (found === undefined) {
          await client.create(wellKnown.secret, secretOf(namespace, data), {}, signal);
          return;
        }
        const { resourceVersion } = found.metadata;
        const body = { metadata: { resourceVersion }, data };
        await client.patch(wellKnown.secret, { namespace, name: TOKENS_SECRET }, 'merge', body, signal);
      }, signal),
    );
  }

  async #use<T>(signal: AbortSignal, work: (client: KubeClient) => Promise<T>): Promise<T> {
    try {
      return await work(await this.#cluster.client(signal));
    } catch (error) {
      const problem = managementProblem(error, this.#cluster.describe);
      if (problem === undefined) throw error;
      const options = { cause: error, action: action('CheckManagementCluster') };
      throw new NautesError('TokenStoreUnavailable', { problem }, options);
    }
  }
}

const PROBE = `${TOKENS_SECRET}-probe`;

function secretOf(namespace: string, data: Readonly<Record<string, string | null>>): KubeObject {
  const metadata = { name: TOKENS_SECRET, namespace, labels: contentLabels('tokens') };
  return { apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', data };
}

function encoded(record: TokenRecord): Readonly<Record<string, string>> {
  return { [record.name]: Buffer.from(recordText(record)).toString('base64') };
}
