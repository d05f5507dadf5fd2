import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { run } from '../../src/base/programs/process.ts';
import { projectRoot } from './program-files.ts';

const UNIT = join(projectRoot, 'deploy/systemd/nautes.service');
/** Of ten; a service without any protection has 9.6. */
const HIGHEST_EXPOSURE = 2;

describe('the unit of systemd', async () => {
  const text = await readFile(UNIT, 'utf8');
  const systemd = await run('systemd-analyze', ['--version']).catch(() => undefined);
  const skip = systemd?.code === 0 ? false : 'systemd-analyze is not there';

  it('has each setting once, in sections that exist', () => {
    const sections = [...text.matchAll(/^\[(\w+)\]$/gm)].map(([, name]) => name);
    assert.deepEqual(sections, ['Unit', 'Service', 'Install']);
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith('['));
    for (const line of lines) assert.match(line, /^[A-Z]\w+=/);
    const keys = lines.map((line) => line.slice(0, line.indexOf('='))).filter((key) => key !== 'SystemCallFilter');
    assert.equal(new Set(keys).size, keys.length);
  });

  it('runs as a user without privileges that can write to its state only', () => {
    const wanted = ['User=nautes', 'NoNewPrivileges=yes', 'CapabilityBoundingSet=', 'ProtectSystem=strict'];
    for (const line of [...wanted, 'StateDirectory=nautes', 'Restart=on-failure', 'Type=notify']) {
      assert.ok(text.split('\n').includes(line), line);
    }
  });

  it('is understood by systemd, and exposes little', { skip }, async () => {
    const directory = await mkdtemp(join(tmpdir(), 'nautes-unit-'));
    try {
      const unit = join(directory, 'nautes.service');
      await writeFile(unit, text.replace('/opt/nautes/bin/nautes', process.execPath)); // it looks for the program
      const verified = await run('systemd-analyze', ['verify', unit]);
      assert.equal(verified.stderr + verified.stdout.toString(), '');
      assert.equal(verified.code, 0);
      const security = await run('systemd-analyze', ['security', '--offline=true', '--no-pager', unit]);
      const exposure = /Overall exposure level for nautes\.service: ([\d.]+)/.exec(security.stdout.toString())?.[1];
      assert.ok(Number(exposure) < HIGHEST_EXPOSURE, exposure);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
