import { createHash } from 'node:crypto';
import { NautesError } from '../../errors/errors.ts';
import { FIELD_MANAGER, type KubeObject, MANAGED_BY_LABEL, textAt } from '../../kube-objects/kube-object.ts';
import { verbatim } from '../../messages/message.ts';
import { clusterStateType, configMapType, CONTENT_LABEL, type StateObject } from './cluster-state.ts';
import type { StateClient } from './state-client.ts';

/** Bytes of one ConfigMap; the API server takes 1 MiB of data (base64 of this, and what is around it). */
const MAXIMUM_PART_BYTES = 700 * 1024;

/** ConfigMaps of one inventory: 70 MB, more objects than a cluster takes. */
const MAXIMUM_PARTS = 100;

/** An inventory as it is stored. */
export interface InventoryHead {
  readonly resourceVersion: string;
  readonly uid: string;
  /** Of the replica that wrote it. */
  readonly epoch: number;
  /** Of the registration when it was written. */
  readonly round: number;
  /** Compressed; see `inventory-form.ts`. */
  readonly content: Buffer;
  /** Names of the ConfigMaps with what is beyond the first part. */
  readonly parts: readonly string[];
}

export interface InventoryWrite {
  readonly owner: StateObject;
  readonly epoch: number;
  readonly content: Buffer;
  /** What it replaces. */
  readonly before: InventoryHead | undefined;
}

/**
 * The ConfigMaps of inventories. One has the whole inventory of most registrations. Of a larger one it has the beginning
 * and the names of the others, which are written before it and never changed: one write puts all in force.
 */
export class InventoryMaps {
  readonly #client: StateClient;

  constructor(client: StateClient) {
    this.#client = client;
  }

  /** @param state the name of the registration's object */
  async read(state: string): Promise<InventoryHead | undefined> {
    const found = await this.#client.find(configMapType, nameOf(state));
    return found === undefined ? undefined : await this.#headOf(found);
  }

  /** `undefined` when another version than the one to be replaced is there. */
  async write({ owner, epoch, content, before }: InventoryWrite): Promise<InventoryHead | undefined> {
    const [first = Buffer.alloc(0), ...others] = partsOf(content);
    const parts = others.map((part) => `${nameOf(owner.objectName)}-${hashOf(part)}`);
    for (const [index, name] of parts.entries()) {
      if (before?.parts.includes(name) !== true) await this.#writePart(owner, name, others[index] ?? Buffer.alloc(0));
    }
    const version = before === undefined ? {} : { resourceVersion: before.resourceVersion, uid: before.uid };
    const { round } = owner.spec;
    const result = await this.#client.write(configMapType, {
      ...mapOf(this.#client.namespace, nameOf(owner.objectName), owner, version),
      data: { epoch: String(epoch), round: String(round), parts: parts.join(' ') },
      binaryData: { entries: first.toString('base64') },
    });
    if (result.outcome !== 'done') return undefined;
    for (const name of before?.parts ?? []) if (!parts.includes(name)) await this.#removePart(name);
    const { resourceVersion = '', uid = '' } = result.object.metadata;
    return { resourceVersion, uid, epoch, round, content, parts };
  }

  async remove(state: string): Promise<void> {
    const found = await this.#client.find(configMapType, nameOf(state));
    if (found === undefined) return;
    await this.#client.remove(configMapType, found);
    for (const name of partNames(found)) await this.#removePart(name);
  }

  async #headOf(map: KubeObject): Promise<InventoryHead> {
    const { resourceVersion = '', uid = '' } = map.metadata;
    const parts = partNames(map);
    const contents = [contentOf(map)];
    for (const name of parts) {
      const part = await this.#client.find(configMapType, name);
      if (part === undefined) throw damaged(name);
      contents.push(contentOf(part));
    }
    const [epoch, round] = [Number(textAt(map, 'data', 'epoch')), Number(textAt(map, 'data', 'round'))];
    return { resourceVersion, uid, epoch, round, content: Buffer.concat(contents), parts };
  }

  /** Its name is that of its content: one that is there already has it. */
  async #writePart(owner: StateObject, name: string, part: Buffer): Promise<void> {
    const map = mapOf(this.#client.namespace, name, owner);
    const result = await this.#client.write(configMapType, {
      ...map,
      immutable: true,
      binaryData: { entries: part.toString('base64') },
    });
    if (result.outcome === 'unknown') throw result.error;
  }

  async #removePart(name: string): Promise<void> {
    const found = await this.#client.find(configMapType, name);
    if (found !== undefined) await this.#client.remove(configMapType, found);
  }
}

function nameOf(state: string): string {
  return `inventory-${state}`;
}

function mapOf(
  namespace: string,
  name: string,
  { objectName, uid }: StateObject,
  version: { readonly resourceVersion?: string; readonly uid?: string } = {},
): KubeObject {
  const { apiVersion, kind } = clusterStateType;
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name,
      namespace,
      labels: { [MANAGED_BY_LABEL]: FIELD_MANAGER, [CONTENT_LABEL]: 'inventory' },
      ownerReferences: [{ apiVersion, kind, name: objectName, uid }],
      ...version,
    },
  };
}

function partsOf(content: Buffer): Buffer[] {
  const count = Math.max(1, Math.ceil(content.length / MAXIMUM_PART_BYTES));
  if (count > MAXIMUM_PARTS) throw new NautesError('StateTooLarge');
  return Array.from({ length: count }, (_, index) => {
    return content.subarray(index * MAXIMUM_PART_BYTES, (index + 1) * MAXIMUM_PART_BYTES);
  });
}

function partNames(map: KubeObject): string[] {
  return textAt(map, 'data', 'parts')
    .split(' ')
    .filter((name) => name !== '')
    .slice(0, MAXIMUM_PARTS);
}

function contentOf(map: KubeObject): Buffer {
  return Buffer.from(textAt(map, 'binaryData', 'entries'), 'base64');
}

function hashOf(part: Buffer): string {
  return createHash('sha256').update(part).digest('hex').slice(0, 16);
}

function damaged(name: string): NautesError {
  return new NautesError('StatusStoreUnavailable', { problem: verbatim(`ConfigMap ${name}`) });
}
