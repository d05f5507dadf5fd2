import type { KubeClient } from '../client/client.ts';
import { type ObjectHead, type ObjectOwner, ownershipSelector } from '../../kube-objects/kube-object.ts';
import type { ResourceType } from '../../kube-objects/resource-types.ts';

/**
 * The metadata of what a registration has on its cluster: one list for each kind, shared by all components that are
 * checked in one go. What has changed since the list is seen in the next look.
 */
export class OwnedObjectIndex {
  readonly #client: KubeClient;
  readonly #owner: ObjectOwner;
  readonly #lists = new Map<string, Promise<readonly ObjectHead[]>>();

  constructor({ client }: { readonly client: KubeClient }, owner: ObjectOwner) {
    this.#client = client;
    this.#owner = owner;
  }

  ofType(type: ResourceType, signal: AbortSignal): Promise<readonly ObjectHead[]> {
    const key = `${type.apiVersion} ${type.kind}`;
    const known = this.#lists.get(key);
    if (known !== undefined) return known;
    const list = this.#list(type, signal);
    this.#lists.set(key, list);
    list.catch(() => this.#lists.delete(key)); // whoever asks next tries again
    return list;
  }

  async #list(type: ResourceType, signal: AbortSignal): Promise<readonly ObjectHead[]> {
    const labelSelector = ownershipSelector(this.#owner);
    return (await this.#client.listHeads(type, { labelSelector }, signal)).items;
  }
}
