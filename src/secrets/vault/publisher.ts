import type { Secret } from '../../base/secret.ts';
import type { CredentialScope, StoredCredential } from '../../resources/credential.ts';
import type { KvEngine } from '../../vault/index.ts';
import { retryingConflicts } from './check-and-set.ts';
import { CONSUMER_KEY, clusterPath, consumerPath, pointerPath } from './layout.ts';
import { readVaultPointer, type VaultPointer } from './pointer.ts';

export interface VaultPublisherOptions {
  /** Engine of the consumers. */
  readonly consumers: KvEngine;
  readonly own: KvEngine;
  readonly kubeconfigOf: (credential: StoredCredential) => Secret;
  readonly read: (scope: CredentialScope, version: string, signal: AbortSignal) => Promise<StoredCredential>;
}

interface Owner {
  readonly scope: CredentialScope;
  readonly pointer: VaultPointer;
  /** Version of the pointer's entry, for check-and-set. */
  readonly version: number;
}

/**
 * Keeps the consumers' entry of a cluster in line with the pointers. Level-based, so that it repairs what was
 * interrupted; safe with concurrent publishers: the entry is read before the pointers and written with check-and-set,
 * so the last writer has seen the last activation.
 */
export class VaultPublisher {
  readonly #options: VaultPublisherOptions;

  constructor(options: VaultPublisherOptions) {
    this.#options = options;
  }

  /** Where consumers read, as in a policy. */
  pathFor(cluster: string): string {
    return `${this.#options.consumers.mount}/${consumerPath(cluster)}`;
  }

  /** Publishes the active credential of the registration that was activated last; without one nothing is changed. */
  async publish(cluster: string, signal: AbortSignal): Promise<void> {
    await retryingConflicts(() => this.#publishOnce(cluster, signal));
  }

  /** Removes what consumers see of a registration that is removed, unless another one of the name is active. */
  async withdraw(scope: CredentialScope, signal: AbortSignal): Promise<void> {
    const { own, consumers } = this.#options;
    const { data } = await own.read(pointerPath(scope), signal);
    if (data === undefined) return; // it never was active: the consumers' entry is not ours
    const owners = await this.#owners(scope.cluster, signal);
    if (owners.some((owner) => owner.scope.incarnation !== scope.incarnation)) return;
    await consumers.destroy(consumerPath(scope.cluster), signal);
  }

  async #publishOnce(cluster: string, signal: AbortSignal): Promise<void> {
    const { consumers, own, kubeconfigOf, read } = this.#options;
    const path = consumerPath(cluster);
    const found = await consumers.metadata(path, signal);
    const owner = (await this.#owners(cluster, signal)).toSorted(byActivation).at(-1);
    if (owner === undefined) return;
    if (found?.isLive === true && found.version === owner.pointer.published) return;
    const kubeconfig = kubeconfigOf(await read(owner.scope, owner.pointer.version, signal));
    // Earlier credentials are revoked; consumers must not find them.
    const isFirst = found === undefined || owner.pointer.published === 0;
    if (isFirst) await consumers.configure(path, 1, { 'managed-by': 'nautes', cluster }, signal);
    const published = await consumers.write(path, { [CONSUMER_KEY]: kubeconfig.reveal() }, found?.version ?? 0, signal);
    await own.write(pointerPath(owner.scope), { ...owner.pointer, published }, owner.version, signal);
  }

  /** The registrations of a name that have an active credential. */
  async #owners(cluster: string, signal: AbortSignal): Promise<readonly Owner[]> {
    const { own } = this.#options;
    const names = await own.list(clusterPath(cluster), signal);
    const incarnations = names.filter((name) => name.endsWith('/')).map((name) => name.slice(0, -1));
    const owners: Owner[] = [];
    for (const incarnation of incarnations) {
      const scope = { cluster, incarnation };
      const entry = await own.read(pointerPath(scope), signal);
      const pointer = readVaultPointer(entry);
      if (pointer !== undefined && pointer !== 'damaged') owners.push({ scope, pointer, version: entry.version });
    }
    return owners;
  }
}

function byActivation(left: Owner, right: Owner): number {
  return left.pointer.activatedAt.localeCompare(right.pointer.activatedAt);
}
