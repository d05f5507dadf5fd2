import type { NautesClient } from '../../client/index.ts';
import { NautesError } from '../../errors/errors.ts';
import type { Kind } from './kinds.ts';

/** The path of one of a kind, or of all of them when the name is empty; every part percent-encoded. */
export function pathOf(kind: Kind, name: string, product: string): string {
  const segments = kind.path.map((segment) => {
    if (segment === '{name}') return encodeURIComponent(name.toWellFormed());
    return segment === '{product}' ? encodeURIComponent(product.toWellFormed()) : segment;
  });
  if (name === '') segments.pop();
  return `/api/v1/${segments.join('/')}`;
}

/** Compares paths of the API description, whatever their variables are called. */
function shape(path: string): string {
  return path.replace(/\{[^}]*\}/g, '{}');
}

/**
 * Makes sure that the server serves the kinds before anything is sent. Clusters are what every server is for: for them
 * nobody is asked.
 * @throws NautesError `KindsNotServed`
 */
export async function requireServed(client: NautesClient, used: Iterable<Kind>, signal: AbortSignal): Promise<void> {
  const asked = [...new Set(used)].filter(({ name }) => name !== 'Cluster');
  if (asked.length === 0) return;
  const served = new Set([...(await client.servedPaths(signal))].map(shape));
  const missing = asked.filter((kind) => !served.has(shape(`/api/v1/${kind.path.join('/')}`)));
  if (missing.length === 0) return;
  throw new NautesError('KindsNotServed', {
    server: client.server,
    kinds: missing.map(({ name }) => name).join(', '),
  });
}

/** Whether the checks on the cluster itself are left out, and whether it is taken from another installation. */
export interface CheckFlags {
  readonly insecure?: true;
  readonly takeOver?: true;
}

/** The query of a save or a plan. */
export function saveQuery(flags: CheckFlags): Readonly<Record<string, string>> {
  return { ...skipCheck(flags), ...(flags.takeOver === true ? { take_over: 'true' } : {}) };
}

/** The query of a deletion. */
export function skipCheck({ insecure }: CheckFlags): Readonly<Record<string, string>> {
  return insecure === true ? { insecure_skip_check: 'true' } : {};
}
