import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import { makePrivateDirectory, replaceFile, syncDirectory, writeFileAtomically } from '../../src/base/files/files.ts';
import { TokenFiles } from '../../src/identity/index.ts';
import { openSealingKeys, SealedFileSecretStore } from '../../src/secrets/index.ts';
import { credentialOf, newScope } from '../../src/secrets/secret-store.contract.ts';
import { openInstallation, readInstallation } from '../../src/server/services/installation.ts';
import { readStoredCredential } from '../harness/stored-credential.ts';
import { CrashDisk, LOSSES, writeImage } from './crash-disk.ts';
import { FileCalls } from './file-calls.ts';

const signal = new AbortController().signal;

describe('files of ours after a power loss', () => {
  let directory = '';
  let disk: CrashDisk;
  let data = '';
  let calls: FileCalls;
  let count = 0;

  before(async () => {
    directory = await realpath(await mkdtemp(join(tmpdir(), 'nautes-files-')));
  });
  after(() => rm(directory, { recursive: true }));
  beforeEach(async () => {
    const root = join(directory, `disk-${(count += 1)}`);
    await mkdir(root);
    disk = new CrashDisk(root);
    data = join(root, 'var/data');
    calls = new FileCalls(disk);
  });
  afterEach(() => calls[Symbol.dispose]());

  /** Looks at what each kind of power loss leaves now. */
  async function afterLoss(check: (data: string) => Promise<void>): Promise<void> {
    for (const kept of LOSSES) {
      const image = disk.image(kept);
      const place = join(directory, `image-${(count += 1)}`);
      await writeImage(image, place);
      await check(join(place, 'var/data')).catch((error: unknown) => {
        throw new Error(`of the rest kept ${kept}`, { cause: error });
      });
    }
  }

  it('are lost without a sync of their directory: the model sees what is missing', async () => {
    await makePrivateDirectory(data);
    await replaceFile(join(data, 'installation.json'), '{"id":"aaaaaaaaaaaa"}');
    await assert.rejects(
      afterLoss(async (place) => assert.ok(await readInstallation(join(place, 'installation.json')))),
      /kept nothing/,
    );
    await syncDirectory(data);
    await afterLoss(async (place) => assert.ok(await readInstallation(join(place, 'installation.json'))));
  });

  it('have the identity of the installation', async () => {
    await makePrivateDirectory(data);
    const made = await openInstallation(join(data, 'installation.json'), systemClock);
    await afterLoss(async (place) => {
      assert.deepEqual(await readInstallation(join(place, 'installation.json')), made);
    });
  });

  it('have a token that was created, and not one that was revoked', async () => {
    const tokens = join(data, 'tokens');
    await new TokenFiles(tokens).create({ name: 'ada', role: 'reader' });
    const names = async (place: string) =>
      (await new TokenFiles(join(place, 'tokens')).list()).tokens.map(({ name }) => name);
    await afterLoss(async (place) => assert.deepEqual(await names(place), ['ada']));
    await new TokenFiles(tokens).revoke('ada');
    await afterLoss(async (place) => assert.deepEqual(await names(place), []));
  });

  it('have a credential that is active, with the key that opens it', async () => {
    const sealedDirectory = join(data, 'secrets');
    const { keys, source } = await openSealingKeys({
      file: join(data, 'sealing.key'),
      sealedDirectory,
      environment: {},
    });
    const store = await SealedFileSecretStore.open({ directory: sealedDirectory, keys, keySource: source });
    const credential = credentialOf(newScope());
    const version = await store.stage(credential, signal);
    await store.activate(credential.binding, version, undefined, signal);
    await store.close();
    await afterLoss(async (place) => {
      assert.deepEqual((await readStoredCredential(place, credential.binding)).material, credential.material);
    });
  });

  it('are the old or the new one in the middle of a replacement', async () => {
    await makePrivateDirectory(data);
    const file = join(data, 'installation.json');
    const first = await openInstallation(file, systemClock);
    const writing = writeFileAtomically(file, `{"id":"${first.id.split('').toReversed().join('')}","createdAt":""}`);
    const state = { isOver: false };
    void writing.finally(() => (state.isOver = true));
    while (!state.isOver) {
      await afterLoss(async (place) => {
        assert.ok(await readInstallation(join(place, 'installation.json')));
      });
    }
    await writing;
  });
});
