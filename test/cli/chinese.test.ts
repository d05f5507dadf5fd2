import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { CommandLine } from '../harness/command-line.ts';
import { RecordingServer } from '../harness/recording-server.ts';
import { clusterView, savedView, summaryView } from '../harness/views.ts';

const CLUSTER = clusterView({ usage: 'host', worker_type: '' });
const SUMMARY = summaryView({ phase: 'Provisioning' });

describe('answers of the server in Chinese', () => {
  let user: CommandLine;

  before(async () => {
    user = await CommandLine.open({ GIT_TOKEN: 'token', LANG: 'zh_CN.UTF-8' });
  });
  after(() => user?.[Symbol.asyncDispose]());

  it('have the warnings of a save translated', async () => {
    const english = 'kubeconfig is not used: a virtual cluster gives its own to its host';
    await using server = await RecordingServer.start({
      answer: (_, response) => response.end(JSON.stringify(savedView({ warnings: [english] }))) !== undefined,
    });
    const { stderr } = await user.feed('kind: Cluster\nspec: {name: one}\n', 'apply', '-f', '-', '-s', server.url);
    assert.equal(stderr, '警告：没有使用 kubeconfig：虚拟集群会把自己的 kubeconfig 交给宿主集群\n');
  });

  it('name the phase of a cluster in the table of `get` as everywhere else', async () => {
    await using server = await RecordingServer.start({
      answer: ({ path }, response) => {
        const items = path.endsWith('/statuses') ? [SUMMARY] : [CLUSTER];
        return response.end(JSON.stringify({ items })) !== undefined;
      },
    });
    const { stdout, stderr } = await user.run('get', 'clusters', '-s', server.url);
    assert.match(stdout, /^one +配置中 +physical\/host/m, stderr);
  });
});
