import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parseYaml } from '../src/base/yaml.ts';
import { arrayAt, type JsonValue, stringAt } from './base/json.ts';

describe('the sandbox as a program', () => {
  let directory: string;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sandbox-main-'));
  });

  after(() => rm(directory, { recursive: true, force: true }));

  it('writes kubeconfigs, prints one line when it is ready and ends on SIGTERM', async () => {
    const args = [join(import.meta.dirname, 'main.ts'), '--clusters', '2', '--dir', directory, '--port', '0'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    assert.match(
      line.toString(),
      /^2 simulated clusters ready, kubeconfigs in .*, control at http:\/\/127\.0\.0\.1:\d+\n$/,
    );
    const servers = await Promise.all(
      [1, 2].map(async (index) => {
        const text = await readFile(join(directory, `cluster-${index}.kubeconfig`), 'utf8');
        return stringAt(arrayAt(parseYaml(text) as JsonValue, 'clusters')[0], 'cluster', 'server');
      }),
    );
    assert.equal(new Set(servers).size, 2);
    for (const server of servers) assert.match(server ?? '', /^https:\/\/127\.0\.\d+\.\d+:\d+$/);
    child.kill('SIGTERM');
    const [code] = (await once(child, 'exit')) as [number | null];
    assert.equal(code, 0);
  });

  it('prints its usage when the options are wrong', async () => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), '--clusters', 'x'], { stdio: 'pipe' });
    const [text] = (await once(child.stderr, 'data')) as [Buffer];
    assert.match(text.toString(), /usage:/);
    const [code] = (await once(child, 'exit')) as [number | null];
    assert.equal(code, 2);
  });
});
