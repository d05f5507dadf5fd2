import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { NautesError } from '../../errors/errors.ts';
import { SealedFileSecretStore } from './sealed-file-secret-store.ts';
import { type OpenedSealingKeys, openSealingKeys } from './sealing-key-source.ts';
import { credentialOf, newScope } from '../secret-store.contract.ts';

const ONE = Buffer.alloc(32, 1).toString('base64');
const TWO = Buffer.alloc(32, 2).toString('base64');

describe('sealing keys', () => {
  let root = '';
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'nautes-keys-'));
  });
  after(() => rm(root, { recursive: true, force: true }));

  let count = 0;
  async function newPlace(): Promise<{ directory: string; file: string; sealedDirectory: string }> {
    count += 1;
    const directory = join(root, String(count));
    await mkdir(directory);
    return { directory, file: join(directory, 'keys', 'sealing.key'), sealedDirectory: join(directory, 'secrets') };
  }

  async function givenFile(content: string, mode = 0o600): Promise<{ file: string; sealedDirectory: string }> {
    const { directory, sealedDirectory } = await newPlace();
    const file = join(directory, 'sealing.key');
    await writeFile(file, content);
    await chmod(file, mode);
    return { file, sealedDirectory };
  }

  const ids = (opened: OpenedSealingKeys): string[] => opened.keys.map((key) => key.id);

  it('are created the first time, in a file that only its owner can read, and read the second time', async () => {
    const place = await newPlace();
    const first = await openSealingKeys(place);
    assert.deepEqual([first.created, first.source], [true, place.file]);
    assert.equal((await stat(place.file)).mode & 0o777, 0o600);
    const second = await openSealingKeys(place);
    assert.deepEqual([second.created, ids(second)], [false, ids(first)]);
    assert.deepEqual(await readdir(join(place.directory, 'keys')), ['sealing.key']);
  });

  it('are the same for processes that create them concurrently', async () => {
    const place = await newPlace();
    const opened = await Promise.all(Array.from({ length: 8 }, () => openSealingKeys(place)));
    assert.equal(new Set(opened.flatMap(ids)).size, 1);
    assert.deepEqual(await readdir(join(place.directory, 'keys')), ['sealing.key']);
  });

  it('are rejected in a file that others can read or write, with the command that fixes it', async () => {
    for (const mode of [0o644, 0o640, 0o604, 0o620, 0o602]) {
      const { file, sealedDirectory } = await givenFile(ONE, mode);
      await assert.rejects(openSealingKeys({ file, sealedDirectory }), (error: unknown) => {
        assert.ok(error instanceof NautesError);
        assert.equal(error.reason, 'SealingKeyExposed');
        assert.equal(error.remedy, `Run: chmod 600 ${file}`);
        return true;
      });
    }
  });

  it('can be several, with comments between them', async () => {
    const both = await openSealingKeys(await givenFile(`# new\n${TWO}\n\n# old\r\n${ONE}\n`));
    const one = await openSealingKeys(await givenFile(ONE));
    assert.equal(both.keys.length, 2);
    assert.equal(both.keys[1]?.id, one.keys[0].id);
  });

  it('come from the environment when it has them, and then no file is created', async () => {
    const place = await newPlace();
    const opened = await openSealingKeys({ ...place, environment: { NAUTES_SEALING_KEY: `${ONE} ${TWO}` } });
    assert.equal(opened.keys.length, 2);
    assert.match(opened.source, /NAUTES_SEALING_KEY/);
    assert.deepEqual(await readdir(place.directory), []);
  });

  it('are rejected when they are not valid, without quoting them', async () => {
    const invalid = ['', '# only a comment', 'c2hvcnQ=', `${ONE}x`, ONE.slice(1), '!'.repeat(44), `${ONE} `.repeat(9)];
    for (const text of invalid) {
      await assert.rejects(openSealingKeys(await givenFile(text)), (error: unknown) => {
        assert.ok(error instanceof NautesError);
        assert.equal(error.reason, 'SealingKeyInvalid');
        for (const word of text.split(' ')) assert.ok(word.length < 5 || !error.message.includes(word));
        return true;
      });
    }
    await assert.rejects(openSealingKeys(await givenFile(ONE.repeat(1000))), { reason: 'SealingKeyInvalid' });
  });

  it('are not created while there are credentials sealed with a lost one', async () => {
    const place = await newPlace();
    const { keys, source } = await openSealingKeys(place);
    const store = await SealedFileSecretStore.open({ directory: place.sealedDirectory, keys, keySource: source });
    await store.stage(credentialOf(newScope()), new AbortController().signal);
    await store.close();
    await rm(place.file);
    await assert.rejects(openSealingKeys(place), { reason: 'SealingKeyMissing' });
    await assert.rejects(stat(place.file), { code: 'ENOENT' });
  });

  it('document their purpose in the file', async () => {
    const place = await newPlace();
    await openSealingKeys(place);
    assert.match(await readFile(place.file, 'utf8'), /^# Sealing key of Nautes/);
  });
});
