import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { systemClock } from '../../base/clock.ts';
import { openInstallation } from './installation.ts';

const directory = await mkdtemp(join(tmpdir(), 'nautes-installation-'));
after(() => rm(directory, { recursive: true }));

describe('openInstallation', () => {
  it('makes an identity once, which every later start reads', async () => {
    const file = join(directory, 'made.json');
    const made = await openInstallation(file, systemClock);
    assert.match(made.id, /^[a-z2-7]{12}$/);
    assert.deepEqual(await openInstallation(file, systemClock), made);
    assert.notEqual((await openInstallation(join(directory, 'other.json'), systemClock)).id, made.id);
  });

  for (const [what, content] of [
    ['is empty', ''],
    ['is no JSON', '{"id": "abc'],
    ['has no id', '{"createdAt": "2026-11-01T00:00:00Z"}'],
    ['has an id that no label can have', '{"id": "A B"}'],
  ] as const) {
    it(`a file that ${what} is refused and stays as it is`, async () => {
      const file = join(directory, 'damaged.json');
      await writeFile(file, content);
      await assert.rejects(openInstallation(file, systemClock), { reason: 'InstallationUnreadable' });
      assert.equal(await readFile(file, 'utf8'), content);
    });
  }
});
