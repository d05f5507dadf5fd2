import assert from 'node:assert/strict';
import { chmod, chown, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { Secret } from '../../base/secret.ts';
import { readContexts, writeContexts } from './context-file.ts';

const directory = await mkdtemp(join(tmpdir(), 'nautes-contexts-'));
after(() => rm(directory, { recursive: true }));

const CONTEXTS = {
  current: 'one',
  contexts: [{ name: 'one', server: 'https://nautes.example', token: new Secret('the-token') }],
};

describe('the file of the contexts', () => {
  it('is refused while others can read it, also behind a symbolic link', async () => {
    const [file, link] = [join(directory, 'config.yaml'), join(directory, 'link.yaml')];
    await writeContexts(file, CONTEXTS);
    await symlink(file, link);
    assert.equal((await readContexts(link)).current, 'one');
    await chmod(file, 0o644);
    await assert.rejects(readContexts(file), { reason: 'ContextFileExposed' });
    await assert.rejects(readContexts(link), { reason: 'ContextFileExposed' });
    await chmod(file, 0o600);
    assert.equal((await readContexts(link)).contexts[0]?.token?.reveal(), 'the-token');
  });

  it('gets no token while others can read it, or can write the directory that it is in', async () => {
    const place = join(directory, 'shared');
    const file = join(place, 'config.yaml');
    await writeContexts(file, CONTEXTS);
    await chmod(file, 0o666);
    await assert.rejects(writeContexts(file, CONTEXTS), { reason: 'ContextFileExposed' });
    await chmod(file, 0o600);
    await chmod(place, 0o777);
    await assert.rejects(writeContexts(file, CONTEXTS), { reason: 'ContextFileForeign' });
    await chmod(place, 0o700);
    await writeContexts(file, CONTEXTS);
  });

  it('of another user is neither read nor written', {
    skip: process.getuid?.() !== 0 && 'only root can give it away',
  }, async () => {
    const file = join(directory, 'foreign.yaml');
    await writeContexts(file, CONTEXTS);
    await chown(file, 12_345, 12_345);
    await assert.rejects(readContexts(file), { reason: 'ContextFileForeign' });
    await assert.rejects(writeContexts(file, CONTEXTS), { reason: 'ContextFileForeign' });
  });

  it('is no device and no pipe', { skip: process.platform !== 'linux' && 'it has no /dev/zero' }, async () => {
    const link = join(directory, 'device.yaml');
    await symlink('/dev/zero', link);
    await assert.rejects(readContexts(link), { reason: 'ContextFileInvalid' });
  });

  it('is as good as absent behind a link to nothing', async () => {
    const link = join(directory, 'dangling.yaml');
    await symlink(join(directory, 'absent.yaml'), link);
    assert.deepEqual(await readContexts(link), { current: '', contexts: [] });
  });
});
