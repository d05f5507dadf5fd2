import assert from 'node:assert/strict';
import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { run } from '../../src/base/programs/process.ts';
import { parseYaml, stringifyYaml } from '../../src/base/yaml.ts';
import { isPlatformSupported, kubectlPath } from '../../tools/kubectl/kubectl.ts';
import { PathProxy } from '../doubles/path-proxy.ts';
import { CommandBed } from '../harness/command-bed.ts';
import { COMMAND } from '../harness/command-line.ts';
import { RecordingServer } from '../harness/recording-server.ts';
import { TerminalSession, terminalsUnavailable } from '../harness/terminal-session.ts';
import { waitUntil } from '../harness/wait-until.ts';

interface KubeconfigFile {
  clusters: { name: string; cluster: Record<string, unknown> }[];
  users: { name: string; user: Record<string, unknown> }[];
  contexts: unknown[];
}

describe('kubeconfigs of this machine', () => {
  let bed: CommandBed;
  let inline: KubeconfigFile;

  before(async () => {
    bed = await CommandBed.open(3);
    inline = parseYaml(await readFile(bed.kubeconfig(0), 'utf8')) as KubeconfigFile;
  });
  after(() => bed?.[Symbol.asyncDispose]());

  /** What `cluster add` with the kubeconfig sends. */
  async function sent(file: string, ...more: readonly string[]): Promise<Record<string, unknown>> {
    await using server = await RecordingServer.start();
    const { code, stderr } = await bed.user.run('cluster', 'add', 'x', '--kubeconfig', file, '-s', server.url, ...more);
    assert.equal(code, 0, stderr);
    return server.requests.find(({ method }) => method === 'POST')?.body as Record<string, unknown>;
  }

  async function written(name: string, content: unknown): Promise<string> {
    const file = join(bed.user.home, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, typeof content === 'string' ? content : stringifyYaml(content), { mode: 0o600 });
    return file;
  }

  it('only the chosen context is sent, files of it are read in, and its address is taken', async () => {
    const [cluster] = inline.clusters;
    const [user] = inline.users;
    assert.ok(cluster !== undefined && user !== undefined);
    const text = (value: unknown): string => Buffer.from(String(value), 'base64').toString();
    await written('pki/ca.pem', text(cluster.cluster['certificate-authority-data']));
    await written('pki/client.pem', text(user.user['client-certificate-data']));
    await written('pki/client.key', text(user.user['client-key-data']));
    const file = await written('files.kubeconfig', {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        { name: 'c', cluster: { server: cluster.cluster['server'], 'certificate-authority': 'pki/ca.pem' } },
        { name: 'other', cluster: { server: 'https://127.0.0.1:1' } },
      ],
      users: [
        { name: 'u', user: { 'client-certificate': 'pki/client.pem', 'client-key': 'pki/client.key' } },
        { name: 'other', user: { token: 'canary' } },
      ],
      contexts: [
        { name: 'mine', context: { cluster: 'c', user: 'u' } },
        { name: 'other', context: { cluster: 'other', user: 'other' } },
      ],
      'current-context': 'other',
    });
    const body = await sent(file, '--context', 'mine', '--set', 'gateway.httpNodePort=30081');
    assert.equal(body['api_server'], cluster.cluster['server']);
    assert.deepEqual((body['components_list'] as Record<string, unknown>)['gateway'], {
      name: '',
      namespace: '',
      additions: { httpNodePort: '30081' },
    });
    const kubeconfig = parseYaml(String(body['kubeconfig'])) as KubeconfigFile;
    assert.deepEqual(kubeconfig.users[0]?.user, user.user);
    assert.deepEqual(kubeconfig.clusters[0]?.cluster, cluster.cluster);
    assert.deepEqual([kubeconfig.users.length, kubeconfig.clusters.length, kubeconfig.contexts.length], [1, 1, 1]);
    assert.doesNotMatch(String(body['kubeconfig']), /canary|pki/);
  });

  it('it is read from the standard input, and once from a pipe', async () => {
    await using server = await RecordingServer.start();
    const text = await readFile(bed.kubeconfig(0), 'utf8');
    const args = ['cluster', 'add', 'x', '-s', server.url, '--kubeconfig'];
    const fed = await bed.user.feed(text, ...args, '-');
    assert.equal(fed.code, 0, fed.stderr);
    const pipe = join(bed.user.home, 'pipe');
    assert.equal((await run('mkfifo', [pipe])).code, 0);
    const [piped] = await Promise.all([bed.user.run(...args, pipe), writeFile(pipe, text)]);
    assert.equal(piped.code, 0, piped.stderr);
    const saves = server.requests.filter(({ method }) => method === 'POST').map(({ body }) => body);
    assert.equal(saves.length, 2);
    assert.deepEqual(saves[0], saves[1]);
    assert.equal((saves[0] as Record<string, unknown>)['api_server'], bed.cluster(0).server);
  });

  it('apply fills the credential into the one cluster that has none', async () => {
    await using server = await RecordingServer.start();
    const documents =
      'kind: Cluster\nspec: {name: a, clusterType: physical}\n---\n' +
      'kind: Cluster\nspec: {name: b, clusterType: physical, kubeconfig: own}\n---\n' +
      'kind: Cluster\nspec: {name: v, clusterType: virtual, apiServer: "https://127.0.0.1:1"}\n';
    const args = ['apply', '-f', '-', '--kubeconfig', bed.kubeconfig(0), '-s', server.url];
    assert.equal((await bed.user.feed(documents, ...args)).code, 0);
    const bodies = server.requests.map(({ body }) => body as Record<string, string>);
    assert.deepEqual(
      bodies.map(({ kubeconfig = '' }) => kubeconfig.length > 10),
      [true, false, false],
    );
    assert.equal(bodies[0]?.['api_server'], bed.cluster(0).server);
    const several = await bed.user.feed(`${documents}---\nkind: Cluster\nspec: {name: c}\n`, ...args);
    assert.equal(several.code, 1);
    assert.match(several.stderr, /there are 2 that could take it/);
  });

  const refusals: readonly (readonly [string, (file: KubeconfigFile) => void, RegExp])[] = [
    [
      'switched-off verification',
      (file) => setOf(file.clusters[0]?.cluster, 'insecure-skip-tls-verify', true),
      /insecure-skip-tls-verify/,
    ],
    ['impersonation', (file) => setOf(file.users[0]?.user, 'as', 'root'), /impersonates another user/],
    [
      'a file that is not there',
      (file) => setOf(file.users[0]?.user, 'tokenFile', 'no-such-file'),
      /no-such-file.* cannot be read/,
    ],
  ];
  for (const [what, change, message] of refusals) {
    it(`${what} is refused before anything is sent`, async () => {
      await using server = await RecordingServer.start();
      const file = structuredClone(inline);
      change(file);
      const path = await written('changed.kubeconfig', file);
      const { code, stderr } = await bed.user.run('cluster', 'add', 'x', '--kubeconfig', path, '-s', server.url);
      assert.equal(code, 1);
      assert.match(stderr, message);
      assert.deepEqual(
        server.requests.filter(({ method }) => method !== 'GET'),
        [],
      );
    });
  }

  describe('whose credential only a program has', {
    skip: isPlatformSupported() ? false : 'kubectl is brought for Linux on x64 only',
  }, () => {
    let file: string;
    /** Of a cluster that is not registered. */
    let fresh: string;

    before(async () => {
      const bin = join(bed.user.home, 'bin');
      await mkdir(bin, { recursive: true });
      await symlink(await kubectlPath(), join(bin, 'kubectl'));
      bed.user.environment['PATH'] = `${bin}:${bed.user.environment['PATH'] ?? ''}`;
      file = await withProgram(1);
      fresh = await withProgram(2);
    });

    /** A kubeconfig of a cluster, whose credential a program gives. */
    async function withProgram(index: number): Promise<string> {
      const plugin = join(bed.user.home, 'bin', index === 1 ? 'issue-credential' : `issue-credential-${index}`);
      const credential = {
        apiVersion: 'client.authentication.k8s.io/v1',
        kind: 'ExecCredential',
        status: { token: bed.cluster(index).adminToken },
      };
      await writeFile(plugin, `#!/bin/sh\necho '${JSON.stringify(credential)}'\n`);
      await chmod(plugin, 0o700);
      const content = parseYaml(bed.cluster(index).kubeconfig()) as KubeconfigFile;
      const [user] = content.users;
      assert.ok(user);
      user.user = {
        exec: { apiVersion: 'client.authentication.k8s.io/v1', command: plugin, interactiveMode: 'Never' },
      };
      return written(`exec-${index}.kubeconfig`, content);
    }

    /** What is left on the clusters of accounts that were made. */
    const leftovers = (): readonly string[] =>
      [bed.cluster(1), bed.cluster(2)]
        .flatMap((cluster) => [
          ...cluster.list('v1', 'Namespace'),
          ...cluster.list('v1', 'ServiceAccount'),
          ...cluster.list('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding'),
        ])
        .map((object) => (object as unknown as { metadata: { name: string; namespace?: string } }).metadata)
        .map(({ name, namespace = '' }) => `${namespace}/${name}`)
        .filter((name) => name.includes('nautes-bootstrap-'));
    const untilClean = async (): Promise<void> => {
      await waitUntil('nothing of the account is left', async () => leftovers().length === 0);
    };

    it('an account is made after saying so, and is gone once the server has one of its own', async () => {
      const { code, stderr, stdout } = await bed.user.run('cluster', 'add', 'minted', '--kubeconfig', file, '-y');
      assert.equal(code, 0, stderr);
      assert.equal(stdout, 'cluster/minted saved\n');
      assert.match(stderr, /comes from the program \S+issue-credential, which only runs here/);
      assert.match(stderr, /ClusterRoleBinding nautes-bootstrap-[0-9a-f]{8} \(cluster-admin\)/);
      assert.match(stderr, /ends by itself after 60 minutes/);
      assert.match(stderr, /The account nautes-bootstrap-[0-9a-f]{8} is removed again/);
      await untilClean();
      assert.equal((await bed.user.run('wait', 'minted', '--progress', 'none')).code, 0);
    });

    it('nothing is made without consent', { skip: terminalsUnavailable() }, async () => {
      const args = [COMMAND, 'cluster', 'add', 'other', '--kubeconfig', fresh];
      await using session = await TerminalSession.open(args, { environment: bed.user.environment });
      await session.until(/Create it\? \[y\/N\]/);
      session.type('n\r');
      assert.equal(await session.end(), 1);
      assert.match(session.screen.text, /nothing was done/);
      assert.deepEqual(leftovers(), []);
      const piped = await bed.user.run('cluster', 'add', 'other', '--kubeconfig', fresh);
      assert.equal(piped.code, 1);
      assert.deepEqual(leftovers(), []);
    });

    it('no account is made for what the server refuses in any case', async () => {
      const { code, stderr } = await bed.user.run('cluster', 'add', 'again', '--kubeconfig', file, '-y');
      assert.equal(code, 1, stderr);
      assert.match(stderr, /registered as minted already/);
      assert.doesNotMatch(stderr, /nautes-bootstrap/);
      assert.deepEqual(leftovers(), []);
    });

    it('no account is made behind a proxy that refuses its token', async () => {
      await using proxy = await PathProxy.start(bed.cluster(2), 'refused');
      const proxied = await written('proxied.kubeconfig', proxy.kubeconfig());
      const args = ['cluster', 'add', 'proxied', '--kubeconfig', proxied, '--mint', '-y', '--dry-run=server'];
      const { code, stderr } = await bed.user.run(...args);
      assert.equal(code, 1, stderr);
      assert.match(stderr, /does not let tokens of ServiceAccounts/);
      assert.deepEqual(leftovers(), []);
      proxy.foreignTokens = 'passed';
      const passed = await bed.user.run(...args);
      assert.match(passed.stderr, /is removed again/);
      await untilClean();
    });

    it('an account is made by a kubeconfig of the standard input, which kubectl cannot read again', async () => {
      const text = await readFile(fresh, 'utf8');
      const args = ['cluster', 'add', 'again', '--kubeconfig', '-', '-y', '--dry-run=server'];
      const { code, stderr } = await bed.user.feed(text, ...args);
      assert.equal(code, 0, stderr);
      assert.match(stderr, /is removed again/);
      await untilClean();
    });

    it('a kubectl that may not do it says so in its own words', async () => {
      const content = parseYaml(await readFile(fresh, 'utf8')) as KubeconfigFile;
      setOf(content.users[0]?.user, 'exec', {
        ...(content.users[0]?.user['exec'] as object),
        command: '/no/such/program',
      });
      const broken = await written('broken.kubeconfig', content);
      const { code, stderr } = await bed.user.run('cluster', 'add', 'other', '--kubeconfig', broken, '-y');
      assert.equal(code, 1);
      assert.match(stderr, /kubectl could not create an account: .*no\/such\/program/);
    });
  });
});

function setOf(entry: Record<string, unknown> | undefined, field: string, value: unknown): void {
  assert.ok(entry);
  entry[field] = value;
}
