import { CLUSTER_KIND } from '../../src/resources/cluster/cluster-key.ts';
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Sandbox, type SandboxCluster, startSandbox } from '../../sandbox/index.ts';
import { NautesError } from '../../src/errors/errors.ts';
import { ClusterCredentials } from '../../src/cluster-access/index.ts';
import { loadCatalog } from '../../src/catalog/load-catalog.ts';
import type { GitStore } from '../../src/git-store/index.ts';
import type { CallerContext } from '../../src/registry/cluster-registry.ts';
import { deleteCluster } from '../../src/registry/delete/delete-cluster.ts';
import type { RegistryServices } from '../../src/registry/services.ts';
import { ControlLoop } from '../harness/control-loop.ts';
import { TEST_INSTALLATION } from '../harness/loop-parts.ts';
import { hostDraft } from '../harness/cluster-drafts.ts';

const caller = { id: 'ada', name: 'ada', email: 'ada@localhost' };

describe('a deletion that is refused at its commit', () => {
  let sandbox: Sandbox;
  let cluster: SandboxCluster;

  before(async () => {
    sandbox = await startSandbox({ clusters: 1, basePort: 0 });
    const [first] = sandbox.clusters;
    assert.ok(first);
    cluster = first;
  });
  after(() => sandbox.close());

  /** The registry's services, with a repository that refuses every change. */
  async function refusing({ parts, clock }: ControlLoop): Promise<RegistryServices> {
    const refusal = new NautesError('ClusterIsHost', { cluster: 'one', others: 'two' });
    const repo: GitStore = new Proxy(parts.repo, {
      get: (target, property) => {
        if (property === 'change') return () => Promise.reject(refusal);
        const value: unknown = Reflect.get(target, property);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
    const logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => logger };
    return {
      repo,
      installation: TEST_INSTALLATION,
      secrets: parts.secrets,
      access: parts.access,
      credentials: new ClusterCredentials(parts.secrets),
      ...parts.state,
      clock,
      logger,
      identity: { authenticate: () => Promise.resolve(caller), authorize: () => Promise.resolve() },
      catalog: await loadCatalog([]),
      contents: { objects: () => Promise.resolve([]) },
    };
  }

  it('leaves no record of its own, and the record of another deletion', async () => {
    await using loop = await ControlLoop.start();
    await loop.save('one', cluster, hostDraft);
    const { incarnation } = await loop.untilReady('one');
    const { offboardings } = loop.parts.state;
    const services = await refusing(loop);
    const context: CallerContext = { caller, requestId: 'refused', signal: AbortSignal.timeout(10_000) };
    const deletion = () => deleteCluster({ services, ...context }, 'one', { force: false });
    await assert.rejects(deletion(), { reason: 'ClusterIsHost' });
    assert.deepEqual(await offboardings.list(CLUSTER_KIND), []);
    await loop.putOffboarding({
      cluster: 'one',
      incarnation,
      apiServer: cluster.server,
      hostCluster: '',
      requestedBy: 'grace',
      requestedAt: new Date().toISOString(),
      requestId: 'on its way',
      forced: false,
      commit: '',
      startedAt: '',
    });
    await assert.rejects(deletion(), { reason: 'ClusterIsHost' });
    assert.equal((await offboardings.list(CLUSTER_KIND))[0]?.requestedBy, 'grace');
  });
});
