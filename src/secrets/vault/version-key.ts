import { createHmac, randomBytes } from 'node:crypto';
import { Secret } from '../../base/secret.ts';
import type { StoredCredential } from '../../resources/credential.ts';
import type { KvEngine } from '../../vault/index.ts';
import { canonicalContent } from '../credential-codec.ts';
import { retryingConflicts } from './check-and-set.ts';
import { VERSION_KEY_PATH } from './layout.ts';

const KEY_BYTES = 32;
const VERSION_BYTES = 20;

/** The key that names the versions of a store, kept in its engine; read at its first use, and made when there is none. */
export class VersionKey {
  readonly #own: KvEngine;
  readonly #initial: Secret<Uint8Array> | undefined;
  #known: Secret<Buffer> | undefined;

  /** @param initial what is stored while there is none, so that versions keep the names of an earlier store */
  constructor(own: KvEngine, initial: Secret<Uint8Array> | undefined) {
    this.#own = own;
    this.#initial = initial;
  }

  async open(signal: AbortSignal): Promise<Secret<Buffer>> {
    this.#known ??= await retryingConflicts(() => this.#readOrMake(signal)); // another process has made one: use that
    return this.#known;
  }

  /** Equal content gives an equal version, which reveals nothing of it without the key. */
  async versionOf(credential: StoredCredential, signal: AbortSignal): Promise<string> {
    const key = await this.open(signal);
    const digest = createHmac('sha256', key.reveal()).update(canonicalContent(credential)).digest();
    return digest.subarray(0, VERSION_BYTES).toString('hex');
  }

  async #readOrMake(signal: AbortSignal): Promise<Secret<Buffer>> {
    const { data, version } = await this.#own.read(VERSION_KEY_PATH, signal);
    const known = Buffer.from(typeof data?.['key'] === 'string' ? data['key'] : '', 'base64');
    if (known.length === KEY_BYTES) return new Secret(known);
    const made = Buffer.from(this.#initial?.reveal() ?? randomBytes(KEY_BYTES));
    await this.#own.write(VERSION_KEY_PATH, { key: made.toString('base64') }, version, signal);
    return new Secret(made);
  }
}
