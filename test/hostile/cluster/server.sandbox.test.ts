import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { StatusView } from '../../../src/contract/views.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts';
import type { ApiClient } from '../../harness/api-client.ts';
import { NautesProcess } from '../../harness/nautes-process.ts';
import { type HostileCluster, startHostileCluster } from './cluster.ts';
import { CLUSTER_LIES } from './kinds.ts';

const STAND_INS = join(import.meta.dirname, '../../../sandbox/stand-ins/catalog.yaml');

/** Lies about texts, forms and sizes, whose answers come at once. */
const KINDS = [
  'odd-names',
  'long-uids',
  'odd-times',
  'changing-uids',
  'odd-version',
  'large-version',
  'prototype-keys',
  'odd-status',
  'odd-headers',
  'token-odd',
  'token-odd-expiry',
  'token-huge',
  'certificate-control-characters',
  'certificate-huge',
  'deep',
  'many-keys',
  'many-objects',
  'many-kinds',
  'endless-informational',
  'two-answers',
  'retry-after-25-days',
];

const BODY = { cluster_kind: 'kubernetes', cluster_type: 'physical', usage: 'worker' };
const UNCHECKED = '?insecure_skip_check=true';
/** Control characters but line ends and tabs, and marks of direction; as they are and as JSON writes them. */
const UNCLEAN = /(?![\n\t])[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]|\\u00(0[0-8bcef]|1|7f)|\\u202[89a-e]/u;
const MAXIMUM_STATUS_LENGTH = 256 * 1024;

describe('a server with clusters that lie', () => {
  let sandbox: Sandbox;
  let server: NautesProcess;
  let client: ApiClient;
  const hostile = new Map<string, HostileCluster>();

  before(async () => {
    sandbox = await startSandbox({ clusters: KINDS.length + 1, basePort: 0, workloadDelayMilliseconds: 20 });
    server = await NautesProcess.start({ configuration: { catalog: { files: [STAND_INS] }, log: { level: 'debug' } } });
    client = await server.client();
    for (const [index, kind] of KINDS.entries()) {
      const honest = sandbox.clusters[index];
      if (honest === undefined) throw new Error('there are too few clusters');
      const cluster = await startHostileCluster({ honest });
      hostile.set(kind, cluster);
      cluster.misbehave(...(CLUSTER_LIES[kind] ?? []));
    }
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    for (const cluster of hostile.values()) await cluster.close();
    await sandbox.close();
  });

  it('brings an honest one to Ready, goes on without a restart, and shows nothing of what they put into texts', async () => {
    const { pid } = server;
    for (const [kind, cluster] of hostile) {
      const body = { ...BODY, api_server: cluster.url, kubeconfig: cluster.kubeconfig() };
      const { status } = await client.save(kind, body, UNCHECKED);
      assert.equal(status, 200, kind);
    }
    const healthy = sandbox.clusters[KINDS.length];
    if (healthy === undefined) throw new Error('there are too few clusters');
    await client.save('healthy', { ...BODY, api_server: healthy.server, kubeconfig: healthy.kubeconfig() });
    await client.waitForPhase('healthy', 'Ready');
    for (const kind of KINDS) {
      const status = await client.waitFor(kind, hasBeenLookedAt, 'a first look');
      assert.ok(JSON.stringify(status).length < MAXIMUM_STATUS_LENGTH, `${kind} has a long status`);
      assertClean(`the status of ${kind}`, JSON.stringify(status));
      assertClean(`the events of ${kind}`, JSON.stringify(await client.events(kind)));
    }
    assertClean('the metrics', String((await client.request('GET', '/metrics')).body['text']));
    assertClean('the log', server.output);
    assert.equal(server.pid, pid);
    assert.equal((await client.status('healthy'))?.phase, 'Ready');
  });

  it('refuses them at the preflight with errors of its catalogue', async () => {
    for (const [kind, cluster] of hostile) {
      const body = { ...BODY, api_server: cluster.url, kubeconfig: cluster.kubeconfig() };
      const reply = await client.save(`${kind}-2`, body);
      const text = JSON.stringify(reply.body);
      assert.ok(reply.status < 500 || typeof reply.body['reason'] === 'string', `${kind}: ${text}`);
      assert.notEqual(reply.body['reason'], 'UNKNOWN', `${kind}: ${text}`);
      assertClean(`the preflight of ${kind}`, text);
    }
  });
});

/** Something is known of it, or why not. */
function hasBeenLookedAt(status: StatusView | undefined): boolean {
  return status?.conditions.some(({ type, status: value }) => type === 'Reachable' && value !== 'Unknown') === true;
}

function assertClean(what: string, text: string): void {
  const at = text.search(UNCLEAN);
  assert.ok(at < 0, `${what}: …${JSON.stringify(text.slice(Math.max(0, at - 80), at + 40))}…`);
}
