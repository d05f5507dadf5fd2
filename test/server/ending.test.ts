import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Sandbox, startSandbox } from '../../sandbox/index.ts';
import { run } from '../../src/base/programs/process.ts';
import type { ApiClient } from '../harness/api-client.ts';
import { NautesProcess } from '../harness/nautes-process.ts';
import { waitUntil } from '../harness/wait-until.ts';

const COMMAND = join(import.meta.dirname, '../../bin/nautes');
const CATALOG = join(import.meta.dirname, '../../sandbox/stand-ins/catalog.yaml');

/** Stands in for ssh: runs the command here. A push waits until the gate is opened. */
const SSH = `#!/bin/sh
for command; do :; done
case $command in *receive-pack*)
  sleep 300 & echo $$ $! >> "$TMPDIR/pushing"
  while [ ! -e "$TMPDIR/gate" ]; do sleep 0.05; done
  kill $!
esac
eval "exec $command"
`;

describe('a server that ends', () => {
  let sandbox: Sandbox;
  before(async () => {
    sandbox = await startSandbox({ clusters: 2, basePort: 0 });
  });
  after(() => sandbox.close());

  function body(index: number): Record<string, unknown> {
    const cluster = sandbox.clusters[index];
    assert.ok(cluster);
    const kubeconfig = cluster.kubeconfig();
    return {
      api_server: cluster.server,
      cluster_kind: 'kubernetes',
      cluster_type: 'physical',
      usage: 'host',
      kubeconfig,
    };
  }

  /** A server with a remote over SSH whose pushes wait. */
  async function slowRemote(): Promise<SlowRemote> {
    const place = await mkdtemp(join(tmpdir(), 'nautes-slow-'));
    await mkdir(join(place, 'bin'));
    await writeFile(join(place, 'bin/ssh'), SSH);
    await chmod(join(place, 'bin/ssh'), 0o755);
    await run('git', ['init', '--quiet', '--bare', '--initial-branch=main', join(place, 'remote.git')]);
    await writeFile(join(place, 'gate'), '');
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(place, 'key')]);
    await writeFile(join(place, 'hosts'), '# the stand-in looks at none\n');
    const server = await NautesProcess.start({
      configuration: {
        role: 'api',
        catalog: { files: [CATALOG] },
        git: {
          remote: `ssh://git@localhost${place}/remote.git`,
          sshKeyFile: join(place, 'key'),
          knownHostsFile: join(place, 'hosts'),
        },
      },
      environment: { PATH: `${join(place, 'bin')}:${process.env['PATH'] ?? ''}`, TMPDIR: place },
    });
    await rm(join(place, 'gate'));
    await rm(join(place, 'pushing'));
    return new SlowRemote(place, server, await server.client());
  }

  it('answers what the remote takes in time, and refuses what has not begun, with when to ask again', async () => {
    await using slow = await slowRemote();
    const first = slow.client.save('one', body(0));
    await slow.pushing();
    const second = await beginSave(slow.client, slow.server.url, 'two', body(1));
    const ended = slow.server.stop();
    const refused = await second.reply;
    assert.equal(refused.status, 503);
    assert.equal(refused.body['reason'], 'CLOSING');
    assert.equal(refused.retryAfter, '10');
    await writeFile(join(slow.place, 'gate'), '');
    const saved = await first;
    assert.equal(saved.status, 200, JSON.stringify(saved.body));
    assert.equal((await ended).code, 0);
    assert.equal(await slow.head(), saved.body['commit']);
  });

  it('says of what the remote does not take in time that it may arrive, and ends its children', async () => {
    await using slow = await slowRemote();
    const first = slow.client.save('one', body(0));
    const children = await slow.pushing();
    const ended = slow.server.stop();
    const { status, body: said, headers } = await first;
    assert.deepEqual([status, said['reason']], [503, 'CONFIG_REPO_UNAVAILABLE']);
    assert.match(String(said['message']), /shutting down/);
    assert.equal(headers.get('retry-after'), '10');
    assert.equal((await ended).code, 0);
    await gone(children);
  });

  it('ends its children also when it is killed', async () => {
    await using slow = await slowRemote();
    const first = slow.client.save('one', body(0)).catch(() => undefined);
    const children = await slow.pushing();
    await slow.server.kill();
    await first;
    await gone(children);
  });

  it('closes in order at SIGHUP, also at several', async () => {
    await using server = await NautesProcess.start({ configuration: { role: 'api', catalog: { files: [CATALOG] } } });
    const { pid } = server;
    assert.ok(pid);
    const ended = server.ended();
    process.kill(pid, 'SIGHUP');
    process.kill(pid, 'SIGHUP');
    assert.equal(await ended, 0);
    assert.match(server.output, /"cause":"SIGHUP"/);
  });

  it('does so when it is asked, not when what it prints is no longer read', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'nautes-unread-'));
    const port = await freePort();
    const args = ['server', '--data-dir', join(directory, 'data'), '--listen', `127.0.0.1:${port}`, '--role', 'api'];
    for (const unread of ['stdout', 'stdout and stderr']) {
      const child = spawn(COMMAND, args, {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, NAUTES_CATALOG_FILES: CATALOG },
      });
      child.stdout.destroy();
      let logged = '';
      if (unread === 'stdout') child.stderr.on('data', (chunk: Buffer) => (logged += chunk.toString()));
      else child.stderr.destroy();
      await waitUntil(`a server without ${unread}`, async () => {
        assert.equal(child.exitCode, null, logged);
        return fetch(`http://127.0.0.1:${port}/readyz`).then(
          ({ ok }) => ok,
          () => false,
        );
      });
      if (unread === 'stdout')
        await waitUntil('a word about it', async () => logged.includes('standard output cannot'));
      child.kill('SIGTERM');
      assert.deepEqual(await once(child, 'exit'), [0, null]);
    }
    await rm(directory, { recursive: true });
  });
});

class SlowRemote implements AsyncDisposable {
  readonly place: string;
  readonly server: NautesProcess;
  readonly client: ApiClient;

  constructor(place: string, server: NautesProcess, client: ApiClient) {
    this.place = place;
    this.server = server;
    this.client = client;
  }

  /** The processes of a push that waits. */
  pushing(): Promise<readonly number[]> {
    return waitUntil('a push', async () => {
      const text = await readFile(join(this.place, 'pushing'), 'utf8').catch(() => '');
      return text.endsWith('\n') && text.trim().split(/\s+/).map(Number);
    });
  }

  async head(): Promise<string> {
    const { stdout } = await run('git', ['-C', join(this.place, 'remote.git'), 'rev-parse', 'main']);
    return stdout.toString().trim();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await writeFile(join(this.place, 'gate'), '');
    await this.server[Symbol.asyncDispose]();
    await rm(this.place, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Begins a save; resolves when the server has read its headers. */
async function beginSave({ token }: ApiClient, url: string, name: string, content: unknown) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', expect: '100-continue' };
  const saving = request(`${url}/api/v1/clusters/${name}`, { method: 'POST', headers });
  const replied = once(saving, 'response') as Promise<[IncomingMessage]>;
  saving.flushHeaders();
  await once(saving, 'continue');
  saving.end(JSON.stringify(content));
  const read = async () => {
    const [reply] = await replied;
    const chunks: Buffer[] = [];
    for await (const chunk of reply) chunks.push(chunk as Buffer);
    return {
      status: reply.statusCode,
      retryAfter: reply.headers['retry-after'],
      body: JSON.parse(Buffer.concat(chunks).toString()) as Readonly<Record<string, unknown>>,
    };
  };
  return { reply: read() };
}

async function gone(pids: readonly number[]): Promise<void> {
  for (const pid of pids) await waitUntil(`the end of process ${pid}`, async () => !(await isAlive(pid)));
}

/** Whether it runs; on Linux a zombie does not. */
async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return !/\) Z /.test(await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => ''));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
