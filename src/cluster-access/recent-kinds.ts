import { KnownKinds } from '../kube/index.ts';
import type { CredentialBinding } from '../resources/credential.ts';

/** Registrations that are kept; the kinds of clusters that serve the same are held once. */
const MAXIMUM_REGISTRATIONS = 256;

/**
 * The kinds that clusters were seen to serve when they were last asked, by whichever credential of the registration: a save
 * asks a cluster a moment before its controllers do.
 */
export class RecentKinds {
  readonly #kinds = new Map<string, KnownKinds>();

  of(binding: CredentialBinding): KnownKinds {
    const key = JSON.stringify(binding);
    const kinds = this.#kinds.get(key) ?? new KnownKinds();
    this.#kinds.delete(key); // the last used comes last
    this.#kinds.set(key, kinds);
    const [oldest] = this.#kinds.keys();
    if (oldest !== undefined && this.#kinds.size > MAXIMUM_REGISTRATIONS) this.#kinds.delete(oldest);
    return kinds;
  }
}
