import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { startSandbox } from '../../sandbox/index.ts';
import { parseYaml, stringifyYaml } from '../../src/base/yaml.ts';
import { COMMAND } from '../harness/command-line.ts';
import { TerminalSession, terminalsUnavailable } from '../harness/terminal-session.ts';

const ROOT = join(import.meta.dirname, '../..');
const STAND_INS = join(ROOT, 'sandbox/stand-ins/catalog.yaml');

/** The commands of the blocks in the chapter that begins with `bin/nautes server`, in their order. */
async function blocksOf(file: string): Promise<string> {
  const text = await readFile(join(ROOT, file), 'utf8');
  const chapter = text.split(/^## /m).find((one) => one.includes('bin/nautes server')) ?? '';
  return [...chapter.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block).join('');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('the blocks of the README, pasted into a terminal as one piece', { skip: terminalsUnavailable() }, () => {
  for (const file of ['README.md', 'README.zh-CN.md']) {
    it(`register a cluster and delete it: ${file}`, async () => {
      await using cleanUp = new AsyncDisposableStack();
      const home = await mkdtemp(join(tmpdir(), 'nautes-readme-'));
      cleanUp.defer(() => rm(home, { recursive: true, force: true, maxRetries: 5 }));
      const sandbox = await startSandbox({ clusters: 1, basePort: 0, workloadDelayMilliseconds: 100 });
      cleanUp.defer(() => sandbox.close());
      const [cluster] = sandbox.clusters;
      assert.ok(cluster);
      await writeFile(join(home, 'kubeconfig'), withContext(cluster.kubeconfig(), 'kind-kind'), { mode: 0o600 });
      await mkdir(join(home, 'bin'));
      await symlink(COMMAND, join(home, 'bin/nautes'));
      const port = await freePort();
      const environment = {
        HOME: home,
        KUBECONFIG: join(home, 'kubeconfig'),
        NAUTES_LISTEN: `127.0.0.1:${port}`,
        NAUTES_CATALOG_FILES: STAND_INS,
        PS1: 'ready> ',
        NO_COLOR: '1',
      };
      const shell = ['sh', '-c', `cd '${home}' && exec bash --noprofile --norc --noediting -i`];
      await using session = await TerminalSession.open(shell, { columns: 120, rows: 60, environment });
      await session.until(/ready>/);
      const blocks = (await blocksOf(file)).replaceAll('127.0.0.1:8000', `127.0.0.1:${port}`);
      assert.match(blocks, /nautes cluster add first/);
      session.type(`${blocks}kill %1; wait %1; exit 0\n`);
      assert.equal(await session.end(), 0, session.screen.text);
      assert.match(session.output, /\(maintainer\)/);
      assert.match(session.output, /first {2}Ready/);
      assert.match(session.output, /Save cluster first/, 'the commit is shown');
      assert.match(session.output, /deleted completely/);
      assert.doesNotMatch(session.output, /nautes: .*cannot be reached|is listening|"level"/, 'the log is elsewhere');
      assert.notEqual(await readFile(join(home, 'nautes.log'), 'utf8'), '');
    });
  }
});

/** The kubeconfig with its context under another name. */
function withContext(kubeconfig: string, name: string): string {
  const content = parseYaml(kubeconfig) as { contexts: { name: string }[]; 'current-context': string };
  const contexts = content.contexts.map((context) => ({ ...context, name }));
  return stringifyYaml({ ...content, contexts, 'current-context': name });
}
