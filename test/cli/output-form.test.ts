import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parseYaml, parseYamlDocuments, stringifyYaml } from '../../src/base/yaml.ts';
import { CommandLine } from '../harness/command-line.ts';
import { RecordingServer } from '../harness/recording-server.ts';
import { planView } from '../harness/views.ts';

const DOCUMENTS = 'kind: Cluster\nspec: {name: a, kubeconfig: k}\n---\nkind: Cluster\nspec: {name: b, kubeconfig: k}\n';
const PLAN = planView();

describe('-o of what changes clusters', () => {
  let user: CommandLine;
  let file: string;

  before(async () => {
    user = await CommandLine.open({ GIT_TOKEN: 'token' });
    file = join(user.home, 'one.kubeconfig');
    const content = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster: { server: 'https://203.0.113.7:6443' } }],
      users: [{ name: 'u', user: { token: 'canary' } }],
      contexts: [{ name: 'mine', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'mine',
    };
    await writeFile(file, stringifyYaml(content), { mode: 0o600 });
  });
  after(() => user?.[Symbol.asyncDispose]());

  const add = (...more: readonly string[]) => user.run('cluster', 'add', 'one', '--kubeconfig', file, ...more);

  it('ends with 2 before anything is read or sent when there is no such form', async () => {
    await using server = await RecordingServer.start();
    for (const [form, problem] of [
      ['xml', /xml is not a valid value for/],
      ['jsonpath={.foo', /the JSONPath/],
    ] as const) {
      for (const dryRun of [[], ['--dry-run=client'], ['--dry-run=server']]) {
        const more = ['-o', form, '-s', server.url, ...dryRun];
        for (const { code, stdout, stderr } of [
          await user.run('apply', '-f', 'no-such-file', ...more),
          await user.run('cluster', 'add', 'one', '--kubeconfig', 'no-such-file', ...more),
        ]) {
          assert.equal(code, 2, stderr);
          assert.equal(stdout, '');
          assert.match(stderr, problem);
        }
      }
    }
    assert.deepEqual(server.requests, []);
  });

  it('is the form of the plan in a dry run of `cluster add` on the server', async () => {
    await using server = await RecordingServer.start({
      answer: ({ path }, response) => path.endsWith('/plan') && response.end(JSON.stringify(PLAN)) !== undefined,
    });
    const of = async (form: string) => (await add('--dry-run=server', '-o', form, '-s', server.url)).stdout;
    assert.deepEqual(JSON.parse(await of('json')), PLAN);
    assert.deepEqual(JSON.parse(await of('=json')), PLAN);
    assert.deepEqual(parseYaml(await of('yaml')), PLAN);
    assert.equal(await of('name'), 'cluster/one\n');
    assert.equal(await of('jsonpath={.changed}'), 'true');
  });

  it('is the form of what would be sent, without the credential, in a dry run of `cluster add` on the client', async () => {
    const { code, stdout, stderr } = await add('--dry-run', '-o', 'json', '--primary-domain', 'example.org');
    assert.equal(code, 0, stderr);
    const sent = JSON.parse(stdout) as Record<string, unknown>;
    assert.equal(sent['kubeconfig'], '[redacted]');
    assert.equal(sent['api_server'], 'https://203.0.113.7:6443');
    assert.equal(sent['primary_domain'], 'example.org');
    assert.doesNotMatch(stdout, /canary/);
    assert.equal((await add('--dry-run', '-o', 'name')).stdout, 'cluster/one\n');
    assert.match((await add('--dry-run')).stdout, /^cluster\/one would be sent/);
  });

  it('keeps several documents apart', async () => {
    const yaml = await user.feed(DOCUMENTS, 'apply', '-f', '-', '--dry-run', '-o', 'yaml');
    const names = parseYamlDocuments(yaml.stdout).map((one) => (one as { name: string }).name);
    assert.deepEqual(names, ['a', 'b']);
    const named = await user.feed(DOCUMENTS, 'apply', '-f', '-', '--dry-run', '-o', 'name');
    assert.equal(named.stdout, 'cluster/a\ncluster/b\n');
  });
});
