import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { silentLogger } from '../../src/base/logger.ts';
import { run } from '../../src/base/programs/process.ts';
import { stringifyYaml } from '../../src/base/yaml.ts';
import { KubernetesTokens, TokenFiles } from '../../src/identity/index.ts';
import { writeSharedInstallation } from '../../src/management/index.ts';
import { clusterRegistration } from '../../src/resources/cluster/cluster-key.ts';
import { credentialOf, newScope } from '../../src/secrets/secret-store.contract.ts';
import { KubernetesSecretStore, openSharedSealingKeys } from '../../src/secrets/index.ts';
import { openKubernetesState, openSqliteState } from '../../src/state/index.ts';
import { entryOf } from '../../src/state/testing/samples.ts';
import { readInstallation } from '../../src/server/services/installation.ts';
import { assertUnmarked } from '../../src/server/services/storage-mark.ts';
import { type ManagementHost, startSandboxHost } from '../harness/management-host.ts';
import { readStoredCredential } from '../harness/stored-credential.ts';
import { RecordedDisk, unrecordable } from './recorded-disk.ts';

const COMMAND = join(import.meta.dirname, '../../bin/nautes');
const signal = new AbortController().signal;
const INSTALLATION = { id: 'moved-installation', createdAt: '2030-01-01T00:00:00Z' };
const REMOTE = 'https://git.example.org/tenant.git';

/** An installation in a namespace: one registration with a credential and an object, and a token. */
async function fill(host: ManagementHost, namespace: string) {
  const cluster = await host.open(namespace);
  const shared = { ...INSTALLATION, repository: REMOTE, mark: undefined };
  await writeSharedInstallation(cluster, shared, signal);
  const { keys } = await openSharedSealingKeys({ cluster, file: '', environment: {} }, signal);
  const store = new KubernetesSecretStore({ cluster, keys });
  const credential = credentialOf(newScope());
  await store.activate(credential.binding, await store.stage(credential, signal), undefined, signal);
  await new KubernetesTokens({ cluster }).create({ name: 'ada', role: 'maintainer' }, signal);
  const registration = clusterRegistration(credential.binding);
  const state = await openKubernetesState({ management: cluster, logger: silentLogger }, signal);
  await state.inventory.put(registration, [entryOf('one')]);
  await state.close();
  cluster.close();
  return { credential, registration };
}

describe('state that was moved from a management cluster into a data directory', { skip: unrecordable }, () => {
  it('is there after a power loss at any moment from the report on, and no server starts before', async () => {
    const host = await startSandboxHost();
    const namespace = await host.newNamespace();
    const { credential, registration } = await fill(host, namespace);
    await using disk = await RecordedDisk.create<string>();
    const place = await mkdtemp(join(tmpdir(), 'nautes-moved-'));
    const file = join(place, 'nautes.yaml');
    const management = { kubeconfig: host.kubeconfig, namespace };
    await writeFile(file, stringifyYaml({ management, git: { remote: REMOTE } }));
    const args = ['storage', 'migrate', '--to', 'embedded', '--config', file];
    const [launcher, ...launched] = [...disk.launcher, COMMAND, ...args, '--data-dir', disk.dataDirectory];
    const { code, stderr } = await run(launcher, launched);
    assert.equal(code, 0, stderr);
    const isWhole = async (dataDirectory: string): Promise<void> => {
      await assertUnmarked(dataDirectory);
      assert.deepEqual(await readInstallation(join(dataDirectory, 'installation.json')), INSTALLATION);
      const stored = await readStoredCredential(dataDirectory, credential.binding);
      assert.deepEqual(stored.material, credential.material);
      const { tokens } = await new TokenFiles(join(dataDirectory, 'tokens')).list();
      assert.deepEqual(
        tokens.map(({ name }) => name),
        ['ada'],
      );
      const state = await openSqliteState({ file: join(dataDirectory, 'status.db'), logger: silentLogger });
      assert.deepEqual(await state.inventory.list(registration), [entryOf('one')]);
      await state.close();
    };
    disk.note('the report', `Installation ${INSTALLATION.id} is in`, isWhole);
    const problems = await disk.problems(async (dataDirectory, check) => {
      // Before the report a directory with an identity is marked, or whole.
      const isMarked = await assertUnmarked(dataDirectory).then(
        () => false,
        () => true,
      );
      const isKnown = (await readInstallation(join(dataDirectory, 'installation.json'))) !== undefined;
      if (isKnown && !isMarked) await isWhole(dataDirectory);
      await check(dataDirectory);
    });
    assert.deepEqual(problems, []);
    await host.close();
    await rm(place, { recursive: true });
  });
});
