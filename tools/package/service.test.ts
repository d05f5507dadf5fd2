import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { run } from '../../src/base/programs/process.ts';
import { projectRoot, readManifest } from './program-files.ts';

const UNIT = join(projectRoot, 'deploy/systemd/nautes.service');
/** Of ten; a service without any protection has 9.6. */
const HIGHEST_EXPOSURE = 2;

describe('the guides to packages and image', () => {
  for (const guides of ['docs/guides', 'docs/zh-CN/guides']) {
    it(`name the version and the files that there are (${guides})`, async () => {
      const { version } = await readManifest();
      const service = await readFile(join(projectRoot, guides, 'run-as-a-service.md'), 'utf8');
      assert.equal(/^VERSION=(.*)$/m.exec(service)?.[1], version);
      for (const [, file = ''] of service.matchAll(/\/opt\/nautes\/systemd\/(\S+)/g)) {
        await stat(join(projectRoot, 'deploy/systemd', file));
      }
      const container = await readFile(join(projectRoot, guides, 'run-in-a-container.md'), 'utf8');
      const named = [...container.matchAll(/(?:VERSION=|nautes:|image:)(\d\S*)/g)].map(([, found]) => found);
      assert.deepEqual(new Set(named), new Set([version]));
    });
  }
});

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
