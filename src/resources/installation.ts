import { randomBytes } from 'node:crypto';

/** One installation of Nautes: what a data directory belongs to, whatever process serves it. */
export interface Installation {
  /** Short, and valid in names and labels of Kubernetes. */
  readonly id: string;
  /** RFC 3339. */
  readonly createdAt: string;
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const ID_LENGTH = 12;
const ID = /^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/;

/** An identity that no other installation has. */
export function newInstallationId(): string {
  return Array.from(randomBytes(ID_LENGTH), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
}

export function isInstallationId(text: string): boolean {
  return ID.test(text);
}

/**
 * What a migration has made of the place of a state: `incoming` while it is being filled, `moved` when what it holds is in
 * use elsewhere. No server starts on either. A place without a mark is in use, or empty.
 */
export type StorageMark = 'incoming' | 'moved';

export function isStorageMark(text: unknown): text is StorageMark {
  return text === 'incoming' || text === 'moved';
}
