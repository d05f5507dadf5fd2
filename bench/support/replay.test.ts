import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { configMap } from '../../src/kube/testing/fixture.contract.ts';
import { adminRequest } from '../../test/harness/sandbox-source.ts';
import { replayRecording } from './bare-client.ts';
import { readRecording } from './recording.ts';
import { SimulatorProcess } from './simulator-process.ts';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const APPLY = 'application/apply-patch+yaml';

describe('a recording of what clusters were asked', () => {
  let directory: string;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nautes-replay-'));
  });
  after(() => rm(directory, { recursive: true }));

  it('has the requests of each cluster in order and can be sent to new clusters, which answer alike', async () => {
    const recordingFile = join(directory, 'recording');
    {
      await using simulator = await SimulatorProcess.start({ clusters: 2, directory: join(directory, 'first') });
      await ask(simulator, 1, 'not-recorded');
      await simulator.record();
      await Promise.all([ask(simulator, 1, 'one'), ask(simulator, 2, 'two')]);
      await simulator.saveRecording(recordingFile);
    }
    const { requests, bodies } = await readRecording(recordingFile);
    const first = requests.filter(({ cluster }) => cluster === 1);
    assert.deepEqual(
      first.map(({ method, status }) => `${method} ${status}`),
      ['PATCH 201', 'GET 200', 'GET 404'],
    );
    assert.match(bodies[first[0]?.body ?? -1]?.toString() ?? '', /"name":"one"/);
    const again = join(directory, 'second');
    await using simulator = await SimulatorProcess.start({ clusters: 2, directory: again });
    assert.notEqual(await simulator.kubeconfig(1), '');
    const result = await replayRecording({ recordingFile, directory: again, clustersAtATime: 2 });
    assert.deepEqual([result.requests, result.different], [6, 0]);
  });

  async function ask(simulator: SimulatorProcess, index: number, name: string): Promise<void> {
    const kubeconfig = await simulator.kubeconfig(index);
    const request = adminRequest(/server: (\S+)/.exec(kubeconfig)?.[1] ?? '', kubeconfig);
    await request('PATCH', `${CONFIG_MAPS}/${name}?fieldManager=test`, configMap('default', name), APPLY);
    await request('GET', `${CONFIG_MAPS}/${name}`);
    await request('GET', `${CONFIG_MAPS}/absent`);
  }
});
