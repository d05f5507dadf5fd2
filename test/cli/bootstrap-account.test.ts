import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { delimiter, join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { stringifyYaml } from '../../src/base/yaml.ts';
import { CommandLine, type Outcome } from '../harness/command-line.ts';
import { type RecordedRequest, RecordingServer } from '../harness/recording-server.ts';
import { clusterView, planView, savedView, statusView } from '../harness/views.ts';

const OLD = { observedGeneration: 'old', rotatedAt: '2030-01-01T00:00:00Z' };
/** Renewed meanwhile, with the file that there was before the save. */
const RENEWED = { observedGeneration: 'old', rotatedAt: '2030-02-01T00:00:00Z' };
const TAKEN_OVER = { observedGeneration: 'saved', rotatedAt: '2030-03-01T00:00:00Z' };

/** Writes down what it is called with. */
const KUBECTL = `#!/bin/sh
echo "$KUBECONFIG $*" >> "$HOME/kubectl.log"
echo "$PPID" > "$HOME/caller.pid"
case "$*" in
  *"create token"*) echo token-of-the-account ;;
  *delete*) [ -z "$KUBECTL_BROKEN" ] || { echo "the cluster is away" >&2; exit 1; } ;;
esac
`;

describe('an account that was made for the server', () => {
  let user: CommandLine;
  let file: string;

  before(async () => {
    user = await CommandLine.open({ GIT_TOKEN: 'token' });
    const bin = join(user.home, 'bin');
    await mkdir(bin);
    await writeFile(join(bin, 'kubectl'), KUBECTL);
    await chmod(join(bin, 'kubectl'), 0o700);
    user.environment['PATH'] = `${bin}:${user.environment['PATH'] ?? ''}`;
    file = await kubeconfig('one.kubeconfig', {});
  });
  after(() => user?.[Symbol.asyncDispose]());
  beforeEach(() => rm(join(user.home, 'kubectl.log'), { force: true }));

  async function kubeconfig(name: string, cluster: Readonly<Record<string, string>>): Promise<string> {
    const path = join(user.home, name);
    const content = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1', ...cluster } }],
      users: [{ name: 'u', user: { token: 'mine' } }],
      contexts: [{ name: 'mine', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'mine',
    };
    await writeFile(path, stringifyYaml(content), { mode: 0o600 });
    return path;
  }

  const log = (): string =>
    existsSync(join(user.home, 'kubectl.log')) ? readFileSync(join(user.home, 'kubectl.log'), 'utf8') : '';
  const isRemoved = (): boolean => /delete clusterrolebinding nautes-/.test(log());

  const add = (server: RecordingServer, ...more: readonly string[]): Promise<Outcome> =>
    user.run('cluster', 'add', 'one', '--kubeconfig', file, '--mint', '-y', '-s', server.url, ...more);

  /** A server that has the cluster already: statuses one after the other, the last again and again, and a save. */
  function registered(
    statuses: readonly (typeof OLD)[],
    save: (response: ServerResponse) => void,
  ): Promise<RecordingServer> {
    let asked = 0;
    const answer = ({ method, path }: RecordedRequest, response: ServerResponse): boolean => {
      if (method === 'POST' && path === '/api/v1/clusters/one') save(response);
      else if (path.endsWith('/status')) {
        const { observedGeneration, rotatedAt } = statuses[Math.min(asked, statuses.length - 1)] ?? OLD;
        const condition = {
          status: 'True',
          reason: 'OwnCredential',
          message: '',
          remedy: '',
          lastTransitionTime: '',
        } as const;
        const conditions = [{ type: 'CredentialReady', ...condition }] as const;
        asked += 1;
        response.end(
          JSON.stringify(statusView({ observedGeneration, conditions, credential: { expiresAt: '', rotatedAt } })),
        );
      } else if (path === '/api/v1/clusters/one') {
        response.setHeader('etag', '"saved"').end(JSON.stringify(clusterView()));
      } else if (path.endsWith('/plan')) response.end(JSON.stringify(planView({ generation: 'before' })));
      else return false;
      return true;
    };
    return RecordingServer.start({ answer });
  }

  function refuse(response: ServerResponse, status: number): void {
    response.statusCode = status;
    const refusal = { code: status, reason: 'REFUSED', message: 'the server has its reasons', metadata: {} };
    response.end(JSON.stringify(refusal));
  }

  it('goes at once after a dry run on the server', async () => {
    await using server = await RecordingServer.start({
      answer: ({ path }, response) => path.endsWith('/plan') && response.end(JSON.stringify(planView())) !== undefined,
    });
    const { code, stderr, stdout } = await add(server, '--dry-run=server');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /would be registered/);
    assert.match(stderr, /is removed again/);
    assert.doesNotMatch(stderr, /Waiting/);
    assert.ok(isRemoved());
  });

  it('is not made for a cluster behind a proxy that the server does not allow', async () => {
    const asked: Record<string, unknown>[] = [];
    const finding = { field: 'kubeconfig', remedy: '', reason: 'CLUSTER_INVALID', blocking: true } as const;
    const refused = { ...finding, message: 'that proxy is not allowed', messageId: 'KubeconfigProxyRefused' };
    const missing = { ...finding, message: 'there is no credential', messageId: 'KubeconfigWithoutCredential' };
    await using server = await RecordingServer.start({
      answer: ({ path, body }, response) => {
        if (!path.endsWith('/plan')) return false;
        const content = body as Record<string, unknown>;
        asked.push(content);
        response.end(JSON.stringify(planView({ findings: content['kubeconfig'] === '' ? [] : [missing, refused] })));
        return true;
      },
    });
    const proxied = await kubeconfig('proxied.kubeconfig', { 'proxy-url': 'http://proxy.example:3128' });
    const flags = ['--kubeconfig', proxied, '--mint', '-y', '-s', server.url];
    const { code, stderr } = await user.run('cluster', 'add', 'one', ...flags);
    assert.equal(code, 1, stderr);
    assert.match(stderr, /that proxy is not allowed/);
    assert.doesNotMatch(stderr, /there is no credential/);
    assert.equal(log(), '', 'kubectl was not called');
    assert.match(String(asked.at(-1)?.['kubeconfig']), /proxy-url: http:\/\/proxy\.example:3128/);
    assert.doesNotMatch(String(asked.at(-1)?.['kubeconfig']), /token/);
  });

  it('goes at once after the error is shown when a save of a registered cluster is refused', async () => {
    await using server = await registered([OLD], (response) => refuse(response, 400));
    const { code, stderr } = await add(server);
    assert.equal(code, 1);
    assert.match(stderr, /nautes: the server has its reasons\n[^]*is removed again\.\n$/);
    assert.equal(stderr.match(/the server has its reasons/g)?.length, 1);
    assert.equal(server.requests.at(-1)?.method, 'POST', 'nothing is asked after the refusal');
    assert.ok(isRemoved());
  });

  it('goes at once when something fails before the save', async () => {
    await using server = await RecordingServer.start({
      answer: ({ path }, response) => {
        if (!path.startsWith('/api/v1/events')) return false;
        refuse(response, 503);
        return true;
      },
    });
    const { code, stderr } = await add(server, '--wait', '--progress', 'none');
    assert.equal(code, 1);
    assert.match(stderr, /the server has its reasons[^]*is removed again/);
    assert.ok(isRemoved());
  });

  it('stays until it is taken over when a failure leaves open whether the cluster was saved', async () => {
    await using server = await registered([OLD, OLD, TAKEN_OVER], (response) => response.destroy());
    const { code, stderr } = await add(server);
    assert.equal(code, 1);
    assert.match(stderr, /cannot be reached[^]*Waiting until the server has an account of its own[^]*is removed again/);
    assert.ok(isRemoved());
  });

  it('stays, named, when Ctrl-C comes while the server may be committing', async () => {
    const answer = ({ method, path }: RecordedRequest, response: ServerResponse): boolean => {
      if (path.endsWith('/status')) refuse(response, 404);
      else if (method === 'POST' && !path.endsWith('/plan'))
        process.kill(Number(readFileSync(join(user.home, 'caller.pid'), 'utf8')), 'SIGINT');
      else return false;
      return true;
    };
    await using server = await RecordingServer.start({ answer });
    const { code, stderr } = await add(server);
    assert.equal(code, 130, stderr);
    assert.ok(!isRemoved());
    assert.match(stderr, /^ {2}kubectl .* delete clusterrolebinding nautes-bootstrap-[0-9a-f]{8}$/m);
  });

  it('stays while only the credential before it is renewed', async () => {
    const removedAt: boolean[] = [];
    await using server = await registered([OLD, RENEWED, TAKEN_OVER], (response) =>
      response.end(JSON.stringify(savedView({ generation: 'saved' }))),
    );
    server.onRequest = ({ path }) => {
      if (path.endsWith('/status')) removedAt.push(isRemoved());
    };
    const { code, stderr } = await add(server);
    assert.equal(code, 0, stderr);
    assert.deepEqual(removedAt, [false, false, false]);
    assert.ok(isRemoved());
  });

  it('is named with its removal beside the error when neither it nor a kubeconfig of it can be had', async () => {
    await using server = await RecordingServer.start();
    file = await kubeconfig('broken.kubeconfig', { 'certificate-authority': 'no-such-file.pem' });
    user.environment['KUBECTL_BROKEN'] = 'yes';
    const { code, stderr } = await add(server);
    delete user.environment['KUBECTL_BROKEN'];
    assert.equal(code, 1);
    assert.match(stderr, /nautes: \S*no-such-file\.pem cannot be read/);
    assert.match(stderr, /could not be removed\. kubectl could not remove .*the cluster is away/);
    assert.match(stderr, /^ {2}kubectl .* delete clusterrolebinding nautes-bootstrap-[0-9a-f]{8}$/m);
    assert.deepEqual(
      server.requests.filter(({ method, path }) => method !== 'GET' && !path.endsWith('/plan')),
      [],
    );
  });

  it('is made and removed with all files of KUBECONFIG when its context comes from several', async () => {
    await using server = await RecordingServer.start();
    const first = join(user.home, 'current.kubeconfig');
    await writeFile(first, 'current-context: mine\nclusters: []\n', { mode: 0o600 });
    const second = await kubeconfig('second.kubeconfig', { 'certificate-authority': 'no-such-file.pem' });
    const list = [first, second].join(delimiter);
    Object.assign(user.environment, { KUBECONFIG: list, KUBECTL_BROKEN: 'yes' });
    const { code, stderr } = await user.run('cluster', 'add', 'one', '--mint', '-y', '-s', server.url);
    delete user.environment['KUBECTL_BROKEN'];
    delete user.environment['KUBECONFIG'];
    assert.equal(code, 1);
    assert.match(stderr, /no-such-file\.pem cannot be read/);
    assert.ok(log().startsWith(`${list} --context mine create -f -`), log());
    assert.ok(stderr.includes(`KUBECONFIG=${list} kubectl --context mine delete clusterrolebinding nautes-bootstrap-`));
  });

  it('is not made for a kubeconfig that was printed without --raw', async () => {
    await using server = await RecordingServer.start();
    file = await kubeconfig('printed.kubeconfig', { 'certificate-authority-data': 'DATA+OMITTED' });
    const { code, stderr } = await add(server);
    assert.equal(code, 1);
    assert.match(stderr, /certificate-authority-data of the kubeconfig is left out: it was printed without --raw/);
    assert.equal(log(), '');
  });
});
