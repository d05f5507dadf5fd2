import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { SharedPlace } from '../fault-run/shared-place.ts';
import type { ApiClient } from '../harness/api-client.ts';
import { NautesProcess } from '../harness/nautes-process.ts';
import { sandboxSource } from '../harness/sandbox-source.ts';
import { type TargetClusterSource, workerBody } from '../harness/target-cluster.ts';
import { waitUntil } from '../harness/wait-until.ts';
import { type HostileCluster, startHostileCluster } from './cluster/cluster.ts';
import { CLUSTER_LIES } from './cluster/kinds.ts';
import { requestsAfter } from './peer.ts';
import { type HostileRemote, startHostileRemote } from './remote/remote.ts';

/** Lists without an end, objects that are huge, watches that flood or never end a line, answers of other forms. */
const KINDS = [
  'endless-list',
  'full-pages',
  'many-objects',
  'large-labels',
  'long-uids',
  'deep',
  'watch-flood',
  'watch-endless-line',
  'watch-deep',
  'no-json',
];
/** Of each kind of lie so many requests are answered: more than one of everything that is asked all the time. */
const REQUESTS = 6;
/** More than the server takes while the management cluster is honest, MiB. */
const MAXIMUM_GROWTH_MEBIBYTES = 500;

describe('a server whose management cluster lies', () => {
  let directory: string;
  let place: SharedPlace;
  let hostile: HostileCluster;
  let remote: HostileRemote;
  let source: TargetClusterSource;
  let server: NautesProcess;
  let client: ApiClient;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nautes-hostile-management-'));
    place = await SharedPlace.open(directory);
    hostile = await startHostileCluster({ honest: place.cluster });
    remote = await startHostileRemote();
    source = await sandboxSource(2);
    const kubeconfig = join(directory, 'hostile.kubeconfig');
    await writeFile(kubeconfig, hostile.kubeconfig(), { mode: 0o600 });
    server = await NautesProcess.start({
      configuration: {
        ...place.configuration('one'),
        management: { kubeconfig, namespace: 'nautes' },
        git: { remote: remote.url },
        catalog: { files: source.catalogFiles },
        log: { level: 'debug' },
      },
    });
    client = await server.client();
    await register('healthy');
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await Promise.all([hostile.close(), remote.close(), source.close()]);
    await place.close();
    await rm(directory, { recursive: true });
  });

  async function register(name: string): Promise<void> {
    const { status, body } = await client.save(name, workerBody(await source.create()));
    assert.equal(status, 200, JSON.stringify(body));
    await client.waitForPhase(name, 'Ready');
  }

  /** What the kernel counts, so on Linux only. */
  async function peakMebibytes(): Promise<number> {
    const status = await readFile(`/proc/${server.pid ?? 0}/status`, 'utf8').catch(() => '');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
  }

  it('goes on, answers all requests within its limits, and works as before when that is honest', async () => {
    const { pid } = server;
    const honestPeak = await peakMebibytes();
    for (const kind of KINDS) {
      hostile.misbehave(...(CLUSTER_LIES[kind] ?? []));
      const last = hostile.requests.at(-1);
      await waitUntil(`${kind} is met`, () => Promise.resolve(requestsAfter(hostile, last).length >= REQUESTS));
      assert.equal((await client.request('GET', '/healthz')).status, 200, kind);
      const { status, body } = await client.request('GET', '/api/v1/clusters');
      assert.ok(status === 200 || typeof body['reason'] === 'string', `${kind}: ${status} ${JSON.stringify(body)}`);
    }
    hostile.misbehave();
    await waitUntil('ready', async () => (await client.request('GET', '/readyz')).status === 200);
    await register('other');
    await client.waitForPhase('healthy', 'Ready');
    assert.equal(server.pid, pid);
    const growth = (await peakMebibytes()) - honestPeak;
    assert.ok(growth < MAXIMUM_GROWTH_MEBIBYTES, `${growth} MiB more`);
  });
});
