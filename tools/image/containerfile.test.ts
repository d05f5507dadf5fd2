import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { run } from '../../src/base/programs/process.ts';
import { helmPath } from '../kubectl/kubectl.ts';
import { projectRoot } from '../package/program-files.ts';
import { imageConfiguration, parseStages } from './containerfile.ts';

describe('the Containerfile', async () => {
  const text = await readFile(join(projectRoot, 'deploy/image/Containerfile'), 'utf8');

  it('configures the last stage, arguments put in', () => {
    const configuration = imageConfiguration(text, {
      VERSION: '9.9.9',
      REVISION: 'abc',
      CREATED: '2026-01-01T00:00:00Z',
    });
    assert.equal(configuration.user, '65532:65532');
    assert.deepEqual(configuration.entrypoint, ['/usr/bin/tini', '--', '/opt/nautes/bin/nautes']);
    assert.deepEqual(configuration.command, ['server']);
    assert.deepEqual(configuration.ports, ['8000', '9090']);
    assert.deepEqual(configuration.volumes, ['/var/lib/nautes']);
    assert.ok(configuration.environment.includes('NAUTES_DATA_DIRECTORY=/var/lib/nautes'));
    assert.equal(configuration.labels['org.opencontainers.image.version'], '9.9.9');
    assert.equal(configuration.labels['org.opencontainers.image.licenses'], 'Apache-2.0');
  });

  it('copies files that exist and that the build is given', async () => {
    const ignore = (await readFile(join(projectRoot, '.containerignore'), 'utf8')).split('\n');
    const given = ignore.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    const copies = parseStages(text).flatMap((stage) => stage.instructions.filter(({ name }) => name === 'COPY'));
    const sources = copies
      .filter((copy) => !copy.text.startsWith('--from='))
      .flatMap((copy) => copy.text.split(' ').slice(0, -1));
    assert.ok(sources.includes('src'));
    for (const source of sources) {
      await stat(join(projectRoot, source));
      assert.ok(given.includes(source), `${source} is not in .containerignore`);
    }
  });

  it('has the helm that the tests have, for both architectures', async () => {
    const { stdout } = await run(await helmPath(), ['version', '--template', '{{ .Version }}']);
    for (const architecture of ['amd64', 'arm64']) {
      assert.ok(text.includes(`/helm-${stdout.toString().trim()}-linux-${architecture}.tar.gz `), architecture);
    }
  });

  it('says the version of the project', async () => {
    const { version } = JSON.parse(await readFile(join(projectRoot, 'package.json'), 'utf8')) as {
      readonly version: string;
    };
    assert.ok(text.includes(`\nARG VERSION=${version}\n`));
  });
});
