import { randomBytes } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { NautesError } from '../../errors/errors.ts';
import { isConflict, isNotFound, type KubeClient, retryingConflicts } from '../../kube/index.ts';
import type { KubeObject, ObjectHead } from '../../kube-objects/kube-object.ts';
import { wellKnown } from '../../kube-objects/resource-types.ts';
import type { CredentialScope, StoredCredential } from '../../resources/credential.ts';
import { credentialDigest } from '../credential-codec.ts';
import { isVersion, MAXIMUM_CREDENTIAL_BYTES } from '../credential-names.ts';
import { openCredential, sealCredential } from '../sealed/sealed-credential.ts';
import type { SealingKeys } from '../sealed/sealing-key.ts';
import type { ActivePointer } from '../secret-store.ts';
import {
  credentialName,
  credentialObject,
  envelopeIn,
  pointerIn,
  pointerName,
  pointerObject,
  pointerPatch,
  storedAtPatch,
  touchPatch,
} from './credential-objects.ts';

const REVISION_BYTES = 8;

/** The API server takes a mebibyte of data in a Secret, and the envelope is longer than the credential. */
const MAXIMUM_BYTES = MAXIMUM_CREDENTIAL_BYTES - 4096;

/** The Secrets and ConfigMaps of the store in its namespace: how they are found, made and changed. */
export class StoredCredentials {
  readonly #namespace: string;
  readonly #keys: SealingKeys;
  readonly #clock: Clock;

  constructor(namespace: string, keys: SealingKeys, clock: Clock) {
    this.#namespace = namespace;
    this.#keys = keys;
    this.#clock = clock;
  }

  /** The time of the server, RFC 3339. */
  now(): string {
    return new Date(this.#clock.now()).toISOString();
  }

  /** An object of this name in the namespace of the store. */
  name(name: string): { readonly namespace: string; readonly name: string } {
    return { namespace: this.#namespace, name };
  }

  /** The Secret of a version. */
  async find(
    client: KubeClient,
    scope: CredentialScope,
    version: string,
    signal: AbortSignal,
  ): Promise<KubeObject | undefined> {
    if (!isVersion(version)) return undefined;
    return await client.find(wellKnown.secret, this.name(credentialName(scope, version)), signal);
  }

  /** The ConfigMap of a registration. */
  async findPointer(client: KubeClient, scope: CredentialScope, signal: AbortSignal): Promise<KubeObject | undefined> {
    return await client.find(wellKnown.configMap, this.name(pointerName(scope)), signal);
  }

  /** The version that holds the content, sealed with any key, when it exists and opens. */
  async findStaged(
    client: KubeClient,
    scope: CredentialScope,
    canonical: string,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    for (const key of this.#keys) {
      const version = key.versionOf(canonical);
      // A damaged one counts as absent: saving the same credential again repairs it.
      if ((await this.tryRead(client, scope, version, signal)) !== undefined) return version;
    }
    return undefined;
  }

  /** The credential of a version, when it is there and opens. */
  async tryRead(
    client: KubeClient,
    scope: CredentialScope,
    version: string,
    signal: AbortSignal,
  ): Promise<StoredCredential | undefined> {
    const found = await this.find(client, scope, version, signal);
    try {
      return found && openCredential(this.#keys, scope, version, envelopeIn(found));
    } catch (error) {
      if (error instanceof NautesError && error.reason === 'CredentialUnreadable') return undefined;
      throw error;
    }
  }

  /** Notes that the version was staged now; false when it has been removed meanwhile. */
  async renew(client: KubeClient, scope: CredentialScope, version: string, signal: AbortSignal): Promise<boolean> {
    return await this.#patch(client, credentialName(scope, version), storedAtPatch(this.now()), signal);
  }

  /** Gives the Secret another resourceVersion; false when it is not there. */
  async touch(client: KubeClient, name: string, signal: AbortSignal): Promise<boolean> {
    return await this.#patch(client, name, touchPatch(randomText()), signal);
  }

  async #patch(client: KubeClient, name: string, patch: object, signal: AbortSignal): Promise<boolean> {
    try {
      await client.patch(wellKnown.secret, this.name(name), 'merge', patch, signal);
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  /** Makes the Secret of a version. One that is there holds something else or does not open: it is immutable, so it goes. */
  async replace(
    client: KubeClient,
    scope: CredentialScope,
    version: string,
    credential: StoredCredential,
    signal: AbortSignal,
  ): Promise<void> {
    const envelope = sealCredential(this.#keys, version, credential, MAXIMUM_BYTES);
    const object = credentialObject({ namespace: this.#namespace, scope, version }, envelope, this.now());
    await retryingConflicts(async () => {
      try {
        await client.create(wellKnown.secret, object, {}, signal);
      } catch (error) {
        if (!isConflict(error)) throw error;
        const found = await this.tryRead(client, scope, version, signal);
        // Another process has just stored the same.
        if (found !== undefined && credentialDigest(found) === credentialDigest(credential)) return;
        await client.delete(wellKnown.secret, this.name(object.metadata.name), {}, signal);
        throw error; // made at the next attempt
      }
    }, signal);
  }

  /**
   * Makes the ConfigMap of the registration, or changes it as it was found.
   * @param pointer absent: it gets another resourceVersion and says the same
   */
  async putPointer(
    client: KubeClient,
    scope: CredentialScope,
    found: ObjectHead | undefined,
    pointer: ActivePointer | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    if (found === undefined) {
      await client.create(wellKnown.configMap, pointerObject(this.#namespace, scope, pointer), {}, signal);
      return;
    }
    const patch = pointer === undefined ? touchPatch(randomText(), found) : pointerPatch(found, pointer);
    await client.patch(wellKnown.configMap, this.name(found.metadata.name), 'merge', patch, signal);
  }

  /** Makes an activation that is under way look again. @throws NautesError `CredentialActive` */
  async holdPointer(client: KubeClient, scope: CredentialScope, version: string, signal: AbortSignal): Promise<void> {
    const found = await this.findPointer(client, scope, signal);
    const pointer = pointerIn(found);
    if (typeof pointer === 'object' && pointer.version === version) {
      throw new NautesError('CredentialActive', { cluster: scope.cluster, version });
    }
    await this.putPointer(client, scope, found, undefined, signal);
  }
}

/** Text that nothing had before. */
export function randomText(): string {
  return randomBytes(REVISION_BYTES).toString('hex');
}
