import { randomUUID } from 'node:crypto';
import { sha256 } from '../base/hash.ts';

/** `<UUID>-<binding to the name>`: fits into a label value of Kubernetes. */
const BOUND = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-([0-9a-f]{8})$/;

/** The id of a new registration of that name. */
export function newIncarnation(name: string): string {
  return bind(randomUUID(), name);
}

/** The incarnation of a cluster whose file has none, as those of the original: derived from the name alone. */
export function originalIncarnation(name: string): string {
  return `original-${sha256(name).slice(0, 20)}`;
}

/**
 * The registration that a file of this name declares. A renamed or copied file has the incarnation of
 * another cluster, whose credentials, inventory and off-boarding must not apply to it: it is a new registration with
 * a derived, stable id. Ids that were not made by {@link newIncarnation} are used unchanged.
 */
export function ownIncarnation(name: string, written: string): string {
  const [, id = '', binding] = BOUND.exec(written) ?? [];
  if (binding === undefined || bind(id, name) === written) return written;
  const digest = sha256(`${name} ${written}`);
  const parts = [digest.slice(0, 8), digest.slice(8, 12), digest.slice(12, 16), digest.slice(16, 20)];
  return bind([...parts, digest.slice(20, 32)].join('-'), name);
}

function bind(id: string, name: string): string {
  return `${id}-${sha256(`${id} ${name}`).slice(0, 8)}`;
}
