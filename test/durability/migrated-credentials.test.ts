import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { run } from '../../src/base/programs/process.ts';
import { stringifyYaml } from '../../src/base/yaml.ts';
import { credentialOf, newScope } from '../../src/secrets/secret-store.contract.ts';
import { administeredDouble } from '../doubles/vault/administered.ts';
import { readStoredCredential } from '../harness/stored-credential.ts';
import { VaultSurroundings } from '../harness/vault-surroundings.ts';
import { RecordedDisk, unrecordable } from './recorded-disk.ts';

const COMMAND = join(import.meta.dirname, '../../bin/nautes');

describe('credentials that were moved from Vault into files', { skip: unrecordable }, () => {
  it('are there after a power loss at any moment from the answer on, and none is half there before', async () => {
    await using surroundings = await VaultSurroundings.prepare(await administeredDouble({ tls: true }));
    const vault = await surroundings.openSecrets();
    const signal = AbortSignal.timeout(120_000);
    const credentials = [credentialOf(newScope()), credentialOf(newScope())];
    for (const credential of credentials) {
      const version = await vault.stage(credential, signal);
      await vault.activate(credential.binding, version, undefined, signal);
    }

    await using disk = await RecordedDisk.create<string>();
    const place = await mkdtemp(join(tmpdir(), 'nautes-moved-'));
    const file = join(place, 'nautes.yaml');
    await writeFile(file, stringifyYaml(surroundings.configuration()));
    const args = ['secrets', 'migrate', '--from', 'vault', '--to', 'sealed', '--config', file];
    const [launcher, ...launched] = [...disk.launcher, COMMAND, ...args, '--data-dir', disk.dataDirectory];
    const { code, stdout, stderr } = await run(launcher, launched);
    assert.equal(code, 0, stderr);
    assert.match(stdout.toString(), /2 copied/);
    disk.note('the report', '2 copied', async (dataDirectory) => {
      for (const { binding, material } of credentials) {
        assert.deepEqual((await readStoredCredential(dataDirectory, binding)).material, material);
      }
    });
    const problems = await disk.problems(async (dataDirectory, check) => {
      for (const { binding } of credentials) {
        await readStoredCredential(dataDirectory, binding).catch((error: unknown) => {
          assert.match(String(error), /no credential is active/, 'what is there can be read');
        });
      }
      await check(dataDirectory);
    });
    assert.deepEqual(problems, []);
    await rm(place, { recursive: true });
  });
});
