/**
 * Our apply in a process of its own, with nothing in memory: reads the bytes of a manifest, renders, applies, and stores
 * the inventory durably. Then once more without a change, as a server that keeps running does. Arguments: kubeconfig,
 * server, manifest and data directory. Writes one line of JSON.
 */
import { clusterRegistration } from '../../src/resources/cluster/cluster-key.ts';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { systemClock } from '../../src/base/clock.ts';
import { Secret } from '../../src/base/secret.ts';
import type { ComponentDefinition } from '../../src/catalog/definition.ts';
import {
  applyComponent,
  type ApplyReport,
  connectionOptions,
  loopbackAddressPolicy,
  openConnection,
  readKubeconfig,
} from '../../src/kube/index.ts';
import { objectKey } from '../../src/kube-objects/kube-object.ts';
import type { InventoryEntry } from '../../src/resources/inventory.ts';
import { Renderer } from '../../src/render/renderer.ts';
import { SourceLoader } from '../../src/render/sources.ts';
import { createLogger } from '../../src/server/services/log/logger.ts';
import { openSqliteState } from '../../src/state/index.ts';

export interface ApplyResult {
  /** From the bytes of the file to the stored inventory. */
  readonly milliseconds: number;
  /** Of it, until the objects were known. */
  readonly renderMilliseconds: number;
  /** The same again in the same process. */
  readonly againMilliseconds: number;
  readonly applied: number;
  readonly unchanged: number;
}

const COMPONENT = 'argocd';
const INCARNATION = 'benchmark';

const [kubeconfigFile = '', server = '', manifest = '', directory = ''] = process.argv.slice(2);
const { credential } = readKubeconfig(new Secret(await readFile(kubeconfigFile, 'utf8')));
if (credential === undefined) throw new Error('the kubeconfig cannot be used');
const logger = createLogger({ level: 'warn', format: 'json' });
const signal = AbortSignal.timeout(120_000);
const definition: ComponentDefinition = {
  name: COMPONENT,
  category: 'deployment',
  namespace: COMPONENT,
  version: '1',
  sources: [{ manifest }],
};

const state = await openSqliteState({ file: join(directory, 'status.db'), logger, clock: systemClock });
const renderer = new Renderer({
  sources: new SourceLoader({ directory: join(directory, 'sources') }),
  helm: () => Promise.resolve(undefined),
  parsedDirectory: join(directory, 'parsed'),
});
const { certificateAuthority } = credential;
const binding = { cluster: COMPONENT, incarnation: INCARNATION, server, certificateAuthority };
const registration = clusterRegistration(binding);
const connection = openConnection(connectionOptions({ binding, material: credential.material }, loopbackAddressPolicy));

function byKey(entries: readonly InventoryEntry[]): ReadonlyMap<string, InventoryEntry> {
  return new Map(entries.map((entry) => [objectKey(entry), entry]));
}

async function apply(): Promise<{ report: ApplyReport; milliseconds: number; renderMilliseconds: number }> {
  const started = performance.now();
  const choice = { name: COMPONENT, namespace: COMPONENT, additions: {} };
  const objects = await renderer.render({ definition, choice, facts: {}, kubernetesVersion: '1.36.4' }, signal);
  const rendered = performance.now();
  const inventory = await state.inventory.list(registration);
  const report = await applyComponent(
    connection,
    {
      component: COMPONENT,
      owner: { installation: 'bench', cluster: 'bench', incarnation: INCARNATION },
      namespaces: [COMPONENT],
      objects,
      inventory,
      recordIntent: (entries) => state.inventory.put(registration, entries),
      adoptForeign: false,
      ignoreFields: [],
      mode: 'full',
    },
    signal,
  );
  if (!isDeepStrictEqual(byKey(report.entries), byKey(inventory))) {
    await state.inventory.put(registration, report.entries);
  }
  const failure = report.failures[0];
  if (failure !== undefined) throw failure.error;
  return { report, milliseconds: performance.now() - started, renderMilliseconds: rendered - started };
}

const first = await apply();
const again = await apply();
connection.close();
renderer.close();
await state.close();
const result: ApplyResult = {
  milliseconds: first.milliseconds,
  renderMilliseconds: first.renderMilliseconds,
  againMilliseconds: again.milliseconds,
  applied: first.report.applied.length,
  unchanged: first.report.unchanged,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
