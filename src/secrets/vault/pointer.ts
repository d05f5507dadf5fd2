import type { KvEntry } from '../../vault/index.ts';
import { isVersion } from '../credential-names.ts';

/** The stored pointer to the active version of a registration. */
export interface VaultPointer {
  readonly version: string;
  /** Changes with every activation. */
  readonly revision: string;
  /** RFC 3339 with milliseconds: among registrations of one name the last activated one is published. */
  readonly activatedAt: string;
  /** Version of the consumers' entry that holds this credential; 0 until it is published. */
  readonly published: number;
}

/** The pointer in an entry; `undefined` when there is none. */
export function readVaultPointer({ data }: KvEntry): VaultPointer | 'damaged' | undefined {
  if (data === undefined) return undefined;
  const { version, revision, activatedAt, published } = data;
  if (typeof version !== 'string' || !isVersion(version) || typeof revision !== 'string') return 'damaged';
  return {
    version,
    revision,
    activatedAt: typeof activatedAt === 'string' ? activatedAt : '',
    published: typeof published === 'number' ? published : 0,
  };
}
