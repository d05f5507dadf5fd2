import type { Secret } from '../../base/secret.ts';
import type { TokenStore } from '../../identity/index.ts';
import type { Installation, StorageMark } from '../../resources/installation.ts';
import type { SealingKeys, SecretStore } from '../../secrets/index.ts';
import type { StateCopy } from '../../state/index.ts';

export type StorageName = 'embedded' | 'kubernetes';

/** What a place says of itself. */
export interface SideIdentity {
  readonly installation: Installation;
  /** No mark: the place is in use. */
  readonly mark: StorageMark | undefined;
}

/**
 * One of the two places where an installation can have its state: a data directory, or a namespace of the management
 * cluster. What takes a store opens it once; it stays open until the side is closed.
 */
export interface StorageSide {
  readonly storage: StorageName;
  /** For messages. */
  readonly place: string;
  /** `undefined` while nothing was ever stored there. */
  readonly identity: (signal: AbortSignal) => Promise<SideIdentity | undefined>;
  /** The identity of another installation that must not be mixed with this place, `undefined` when any may come. */
  readonly boundTo: (signal: AbortSignal) => Promise<string | undefined>;
  /** Sets what the place says of itself; durable when it resolves. */
  readonly mark: (identity: SideIdentity, signal: AbortSignal) => Promise<void>;
  /** Servers that work there now, by name; waits until it is known. The lock of a data directory tells it of that. */
  readonly replicas: (signal: AbortSignal) => Promise<readonly string[]>;
  /** The text of its own sealing key, `undefined` when it has none. */
  readonly keyText: (signal: AbortSignal) => Promise<Secret | undefined>;
  readonly putKeyText: (text: Secret, signal: AbortSignal) => Promise<void>;
  /** Credentials, sealed with these keys. */
  readonly secrets: (keys: SealingKeys, signal: AbortSignal) => Promise<SecretStore>;
  /** The keys that the place has, from whatever source. */
  readonly keys: (signal: AbortSignal) => Promise<SealingKeys>;
  readonly tokens: TokenStore;
  readonly state: (signal: AbortSignal) => Promise<StateCopy>;
  readonly close: () => Promise<void>;
}
