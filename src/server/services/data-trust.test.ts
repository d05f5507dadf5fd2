import assert from 'node:assert/strict';
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { checkDataTrust } from './data-trust.ts';

const OWN = { user: process.getuid?.() ?? 0, groups: [] };
const GROUP = 4242;

describe('trust in the data directory', {
  skip: process.getuid === undefined ? 'rights are not in the mode' : false,
}, () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nautes-trust-'));
    await chmod(directory, 0o755);
    await mkdir(join(directory, 'tokens'), { mode: 0o700 });
    await writeFile(join(directory, 'sealing.key'), '', { mode: 0o600 });
  });

  afterEach(() => rm(directory, { recursive: true }));

  const refusal = (path: string) => ({ reason: 'DataDirectoryExposed', message: new RegExp(`^${path} `) });

  it('is given to what only this user can write, and to a directory that is not there yet', async () => {
    await checkDataTrust(directory, OWN);
    await checkDataTrust(join(directory, 'nowhere'), OWN);
  });

  for (const [what, name, mode] of [
    ['the tokens', 'tokens', 0o770],
    ['the sealing key', 'sealing.key', 0o606],
    ['the directory itself', '', 0o777],
  ] as const) {
    it(`is refused where others can write ${what}`, async () => {
      await chmod(join(directory, name), mode);
      await assert.rejects(checkDataTrust(directory, OWN), refusal(join(directory, name)));
    });
  }

  it('is refused where another user owns what the server reads', async () => {
    const other = { user: OWN.user === 0 ? 12_345 : OWN.user + 1, groups: [] };
    if (OWN.user !== 0) return assert.rejects(checkDataTrust(directory, other), refusal(directory));
    return checkDataTrust(directory, other); // root may own everything
  });

  it('is given to the group of a volume that this process is in, and to no other', {
    skip: OWN.user === 0 ? false : 'only root can give files to others',
  }, async () => {
    const user = 12_345;
    await chown(directory, 0, GROUP);
    await chmod(directory, 0o2775);
    await chown(join(directory, 'tokens'), user, GROUP);
    await chmod(join(directory, 'tokens'), 0o2770);
    await checkDataTrust(directory, { user, groups: [GROUP] });
    const tokens = refusal(join(directory, 'tokens'));
    await assert.rejects(checkDataTrust(directory, { user, groups: [] }), tokens);
    await chmod(join(directory, 'tokens'), 0o2772);
    await assert.rejects(checkDataTrust(directory, { user, groups: [GROUP] }), tokens);
  });

  it('does not look into a directory that no other user can enter', async () => {
    await chmod(join(directory, 'tokens'), 0o777);
    await chmod(directory, 0o700);
    await checkDataTrust(directory, OWN);
  });
});
