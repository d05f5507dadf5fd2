/**
 * Clusters that lie, as a program.
 *
 *     node test/hostile/main.ts [--clusters N] [--kinds a,b,c] [--directory DIR] [--honest]
 *
 * Prints one line of JSON when it is ready: for each cluster its kind, URL and kubeconfig (and writes it as
 * `KIND.kubeconfig` where a directory is given). Each line of JSON that comes in on the standard input, `{"cluster": 0,
 * "lies": [...]}`, is what that cluster does from then on; `"kind"` in the place of `"lies"` names a known kind. Ends with its input or at SIGTERM.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { startSandbox } from '../../sandbox/index.ts';
import { CLUSTER_LIES } from './cluster/kinds.ts';
import { type HostileCluster, startHostileCluster } from './cluster/cluster.ts';
import type { Lie } from './lie.ts';

const { values } = parseArgs({
  options: {
    clusters: { type: 'string' },
    kinds: { type: 'string', default: Object.keys(CLUSTER_LIES).join(',') },
    directory: { type: 'string' },
    honest: { type: 'boolean', default: false },
  },
});
const kinds = values.kinds.split(',');
const count = Number(values.clusters ?? kinds.length);
const sandbox = await startSandbox({ clusters: count, basePort: 0 });
const clusters: { readonly kind: string; readonly cluster: HostileCluster }[] = [];
for (const [index, honest] of sandbox.clusters.entries()) {
  const kind = kinds[index % kinds.length] ?? '';
  const cluster = await startHostileCluster({ honest });
  if (!values.honest) cluster.misbehave(...liesOf(kind));
  clusters.push({ kind, cluster });
}
const shown = clusters.map(({ kind, cluster }) => ({ kind, url: cluster.url, kubeconfig: cluster.kubeconfig() }));
if (values.directory !== undefined) {
  await mkdir(values.directory, { recursive: true, mode: 0o700 });
  for (const { kind, kubeconfig } of shown)
    await writeFile(join(values.directory, `${kind}.kubeconfig`), kubeconfig, { mode: 0o600 });
}
console.log(JSON.stringify(shown));

const input = createInterface({ input: process.stdin });
process.once('SIGTERM', () => input.close());
process.once('SIGINT', () => input.close());
for await (const line of input) {
  const told = JSON.parse(line) as { readonly cluster: number; readonly kind?: string; readonly lies?: readonly Lie[] };
  const lies = told.lies ?? (told.kind === undefined ? [] : liesOf(told.kind));
  clusters[told.cluster]?.cluster.misbehave(...lies);
}
await Promise.all(clusters.map(({ cluster }) => cluster.close()));
await sandbox.close();

function liesOf(kind: string): readonly Lie[] {
  const lies = CLUSTER_LIES[kind];
  if (lies === undefined) throw new Error(`${kind} is no kind: ${Object.keys(CLUSTER_LIES).join(', ')}`);
  return lies;
}
