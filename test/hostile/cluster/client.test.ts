import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Secret } from '../../../src/base/secret.ts';
import { NautesError } from '../../../src/errors/errors.ts';
import { type ClusterConnection, openConnection } from '../../../src/kube/client/connection.ts';
import { loopbackAddressPolicy } from '../../../src/kube/transport/address.ts';
import type { KubeObject } from '../../../src/kube-objects/kube-object.ts';
import { wellKnown } from '../../../src/kube-objects/resource-types.ts';
import { CLUSTER_LIES } from './kinds.ts';
import { type HostileCluster, startHostileCluster } from './cluster.ts';

/** Times that are over soon; sizes and counts are those of the product. */
const LIMITS = { connectTimeout: 2_000, headersTimeout: 400, bodyTimeout: 400, requestTimeout: 1_000 };
/** What one answer may have, several times over, and what the programs of this process need. */
const MAXIMUM_GROWTH_BYTES = 700 * 1024 * 1024;

let cluster: HostileCluster;

function connect(): ClusterConnection {
  return openConnection({
    server: cluster.url,
    certificateAuthority: cluster.certificateAuthority,
    material: new Secret({ kind: 'token', token: cluster.honest.adminToken } as const),
    addresses: loopbackAddressPolicy,
    limits: LIMITS,
  });
}

const NAMESPACE: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'mine' } };

/** What the product asks of a cluster, in short. */
function requestsOf({ client, discovery }: ClusterConnection, signal: AbortSignal): readonly Promise<unknown>[] {
  return [
    client.list(wellKnown.namespace, {}, signal),
    client.listHeads(wellKnown.secret, {}, signal),
    client.json({ method: 'GET', path: '/version' }, signal),
    discovery.refresh(signal),
    client.apply(wellKnown.namespace, NAMESPACE, {}, signal),
    client.find(wellKnown.namespace, { namespace: '', name: 'default' }, signal),
    client.watch(wellKnown.secret, { resourceVersion: '1', seconds: 1 }, () => {}, AbortSignal.timeout(150)),
  ];
}

before(async () => {
  cluster = await startHostileCluster();
});
after(() => cluster.close());

describe('the client of a cluster', () => {
  it('gets honest answers through the door of a cluster that does not lie', async () => {
    const connection = connect();
    const signal = AbortSignal.timeout(30_000);
    const { items } = await connection.client.list(wellKnown.namespace, {}, signal);
    await connection.discovery.refresh(signal);
    connection.close();
    assert.ok(items.some(({ metadata }) => metadata.name === 'default'));
  });

  for (const [kind, lies] of Object.entries(CLUSTER_LIES)) {
    it(`ends every request with a result or an error of its catalogue: ${kind}`, async () => {
      cluster.misbehave(...lies);
      const connection = connect();
      const used = process.memoryUsage().rss;
      const settled = await Promise.allSettled(requestsOf(connection, AbortSignal.timeout(30_000)));
      connection.close();
      for (const outcome of settled) {
        if (outcome.status === 'fulfilled') continue;
        const error: unknown = outcome.reason;
        const isKnown = error instanceof NautesError || (error instanceof Error && error.name === 'TimeoutError');
        assert.ok(isKnown, `${kind}: ${String(error)}`);
        assert.ok(error.message.length < 2_000, `${kind}: a long message`);
        // It is reached, and what it says is wrong: the error names that.
        assert.ok(
          !(error instanceof NautesError && error.reason === 'ClusterUnreachable'),
          `${kind}: ${error.message}`,
        );
      }
      const growth = process.memoryUsage().rss - used;
      assert.ok(growth < MAXIMUM_GROWTH_BYTES, `${kind}: ${growth} bytes more`);
    });
  }
});
