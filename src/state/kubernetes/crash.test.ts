import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Sandbox, type SandboxCluster, startSandbox } from '../../../sandbox/index.ts';
import { NautesError } from '../../errors/errors.ts';
import { KubeClient, type RawRequest, type TransportOptions } from '../../kube/index.ts';
import type { TransportResponse } from '../../kube/transport/transport.ts';
import { CLUSTER_KIND, clusterKey } from '../../resources/cluster/cluster-key.ts';
import type { State } from '../state.ts';
import { entryOf, offboardingOf, receiptOf, registrationOf, statusOf } from '../testing/samples.ts';
import { installDefinition, managementOf, newNamespace, openState } from './testing/management-place.ts';

const one = registrationOf('a', 'one');
const two = registrationOf('a', 'two');

/** A life of two registrations of a name, step by step; each step is known to be done when it has resolved. */
const LIFE: readonly (readonly [string, (state: State) => Promise<void>])[] = [
  ['status', ({ status }) => status.put(one, statusOf('a'))],
  ['intended', ({ inventory }) => inventory.put(one, [entryOf('x'), entryOf('y')])],
  ['applied', ({ inventory }) => inventory.put(one, [entryOf('x', { uid: 'u' }), entryOf('z')])],
  ['removed', ({ inventory }) => inventory.remove(one, [entryOf('y')])],
  ['recorded', ({ offboardings }) => offboardings.put(one, offboardingOf('a', 'one'))],
  ['registered again', ({ status }) => status.put(two, statusOf('a', { incarnation: 'two' }))],
  ['intended again', ({ inventory }) => inventory.put(two, [entryOf('x')])],
  ['ended', ({ offboardings }) => offboardings.complete(one, receiptOf('a', 'one'))],
  ['ready again', ({ status }) => status.put(two, statusOf('a', { incarnation: 'two', phase: 'Ready' }))],
];

/** The client of a process that ends with a write: nothing is sent any more after it. */
class DyingClient extends KubeClient {
  readonly #done: boolean;
  #writes: number;

  constructor(options: TransportOptions, writes: number, done: boolean) {
    super(options);
    this.#writes = writes;
    this.#done = done;
  }

  override async raw(request: RawRequest, signal: AbortSignal): Promise<TransportResponse> {
    const isWrite = request.method !== 'GET' && !request.path.includes('accessreviews');
    if (this.#writes > 0 || (this.#writes === 0 && !isWrite)) {
      if (isWrite) this.#writes -= 1;
      return await super.raw(request, signal);
    }
    if (this.#writes === 0 && this.#done) await super.raw(request, signal);
    this.#writes = -1;
    throw new NautesError('ClusterConnectionLost', { address: this.address });
  }
}

describe('a process that ends between any two writes of state to Kubernetes', () => {
  let sandbox: Sandbox;
  let cluster: SandboxCluster;

  before(async () => {
    sandbox = await startSandbox({ clusters: 1, basePort: 0 });
    const [first] = sandbox.clusters;
    assert.ok(first);
    cluster = first;
    await installDefinition(cluster);
  });
  after(() => sandbox?.close());

  /** Lives until the write with that number, which does not get through, or whose answer does not. */
  async function liveUntil(
    writes: number,
    done: boolean,
  ): Promise<{ readonly state: State; readonly steps: string[] }> {
    const namespace = newNamespace(cluster);
    const management = managementOf(cluster, namespace, (options) => new DyingClient(options, writes, done));
    const dying = await openState(management);
    const steps: string[] = [];
    try {
      for (const [name, step] of LIFE) {
        await step(dying);
        steps.push(name);
      }
    } catch {
      // the end of the process
    }
    management.close();
    return { state: await openState(managementOf(cluster, namespace)), steps };
  }

  async function verify(state: State, steps: readonly string[]): Promise<void> {
    const has = (step: string): boolean => steps.includes(step);
    const receipt = await state.offboardings.receipt(clusterKey('a'));
    if (has('ended')) assert.deepEqual(receipt, receiptOf('a', 'one'));
    const first = await namesOf(state, one);
    const records = await state.offboardings.list(CLUSTER_KIND);
    // The end of a registration is all or nothing.
    if (receipt !== undefined) assert.deepEqual([records, first], [[], []]);
    else if (has('recorded')) assert.deepEqual(records, [offboardingOf('a', 'one')]);
    if (receipt === undefined) verifyInventory(first, has);
    if (has('intended again')) assert.deepEqual(await namesOf(state, two), ['x']);
    if (has('intended')) assert.equal(await state.offboardings.knows('one'), true);
    await verifyStatus(state, has);
  }

  async function verifyStatus({ status }: State, has: (step: string) => boolean): Promise<void> {
    const found = await status.get(clusterKey('a'));
    if (has('status')) assert.ok(found);
    if (has('registered again')) assert.equal(found?.incarnation, 'two');
    if (has('ready again')) assert.equal(found?.phase, 'Ready');
    assert.deepEqual(await status.list(CLUSTER_KIND), found === undefined ? [] : [found]);
  }

  function verifyInventory(names: readonly string[], has: (step: string) => boolean): void {
    if (has('intended')) assert.ok(names.includes('x'));
    if (has('applied')) assert.ok(names.includes('z'));
    if (has('removed')) assert.deepEqual(names, ['x', 'z']);
  }

  const namesOf = async ({ inventory }: State, registration: typeof one) =>
    (await inventory.list(registration)).map(({ name }) => name).toSorted();

  for (const done of [false, true]) {
    it(`has lost nothing that was stored, ${done ? 'when the answer' : 'when the request'} was lost`, async () => {
      let lives = 0;
      for (let writes = 0; ; writes += 1) {
        const { state, steps } = await liveUntil(writes, done);
        await verify(state, steps);
        // What was cut off can be done again.
        for (const [, step] of LIFE.slice(steps.length)) await step(state);
        await verify(
          state,
          LIFE.map(([name]) => name),
        );
        await state.close();
        lives += 1;
        if (steps.length === LIFE.length) break;
      }
      assert.ok(lives > LIFE.length, String(lives));
    });
  }
});
