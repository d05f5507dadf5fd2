import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sleep } from '../../src/base/async/timing.ts';
import type { ApiClient } from '../harness/api-client.ts';
import { NautesProcess } from '../harness/nautes-process.ts';
import { sandboxSource } from '../harness/sandbox-source.ts';
import { inventoryOf, type TargetCluster, type TargetClusterSource, workerBody } from '../harness/target-cluster.ts';
import { waitUntil } from '../harness/wait-until.ts';

const NAMES = ['one', 'two', 'three'];
const ROUNDS = 6;
const SEED = Number(process.env['NAUTES_TEST_SEED'] ?? Date.now() % 1_000_000);

/** Park and Miller's generator: enough for pauses. */
function seededRandom(seed: number): () => number {
  let state = (seed % 2_147_483_646) + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

describe(`clusters that come and go (NAUTES_TEST_SEED=${SEED})`, () => {
  let source: TargetClusterSource;
  let server: NautesProcess;
  let client: ApiClient;
  const targets = new Map<string, TargetCluster>();

  before(async () => {
    source = await sandboxSource(NAMES.length);
    for (const name of NAMES) targets.set(name, await source.create());
    const controllers = { driftSeconds: 1, graceSeconds: 30 };
    const configuration = { catalog: { files: source.catalogFiles }, controllers, log: { level: 'warn' } };
    server = await NautesProcess.start({ configuration });
    client = await server.client('maintainer', 'ada');
  });
  after(async () => {
    await server?.[Symbol.asyncDispose]();
    await source?.close();
  });

  function target(name: string): TargetCluster {
    const found = targets.get(name);
    assert.ok(found);
    return found;
  }

  it('runs that are cut off at any moment end neither the process nor anything else', async () => {
    const random = seededRandom(SEED);
    const { pid } = server;
    const comeAndGo = async (name: string): Promise<[name: string, generation: unknown]> => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const saved = await client.save(name, workerBody(target(name)));
        assert.equal(saved.status, 200, JSON.stringify(saved.body));
        await sleep(random() * (round % 3 === 0 ? 2_000 : 400));
        const deleted = await client.delete(name);
        assert.equal(deleted.status, 200, JSON.stringify(deleted.body));
        await sleep(random() * 300);
      }
      const last = await client.save(name, workerBody(target(name)));
      assert.equal(last.status, 200, JSON.stringify(last.body));
      return [name, last.body['generation']];
    };
    const registered = await Promise.all(NAMES.map(comeAndGo));
    for (const [name, generation] of registered) {
      // Not the Ready of the registration before, which has only just been deleted.
      await client.waitFor(
        name,
        (status) => status?.phase === 'Ready' && status.observedGeneration === generation,
        'Ready',
      );
    }
    assert.equal(server.pid, pid);
    assert.doesNotMatch(server.output, /unhandled rejection|uncaught exception|nobody expected/);
  });

  it('a kill in the middle of taking them away loses nothing', async () => {
    const incarnations = new Map<string, string>();
    for (const name of NAMES) {
      incarnations.set(name, (await client.status(name))?.incarnation ?? '');
      assert.equal((await client.delete(name)).status, 200);
    }
    const last = NAMES.at(-1) ?? '';
    await waitUntil('the deletion of the last has begun', async () => {
      const status = await client.status(last);
      return status?.phase === 'Deleting' || (await client.receipt(last))?.incarnation === incarnations.get(last);
    });
    await server.kill();
    await server.start();
    for (const name of NAMES) {
      const receipt = await client.waitForReceipt(name, incarnations.get(name) ?? '');
      assert.deepEqual([receipt.outcome, receipt.remaining], ['Complete', []], name);
      assert.equal(receipt.removed.length, receipt.created.length, name);
    }
    for (const name of NAMES) {
      const left = async (): Promise<string[]> =>
        (await inventoryOf(target(name))).filter((object) =>
          /argo|traefik|external-secrets|hnc|vault|nautes/.test(object),
        );
      await waitUntil(`nothing is left on ${name}`, async () => (await left()).length === 0);
    }
    assert.doesNotMatch(server.output, /unhandled rejection|uncaught exception|nobody expected/);
  });
});
