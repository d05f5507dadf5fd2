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

  it('are asked for in Chinese and shown as they come', async () => {
    await using server = await RecordingServer.start({
      answer: ({ headers }, response) => {
        const warning = headers['accept-language'] === 'zh' ? '没有使用 kubeconfig' : 'kubeconfig is not used';
        return response.end(JSON.stringify(savedView({ warnings: [warning] }))) !== undefined;
      },
    });
    const { stderr } = await user.feed('kind: Cluster\nspec: {name: one}\n', 'apply', '-f', '-', '-s', server.url);
    assert.equal(stderr, '警告：没有使用 kubeconfig\n');
  });

  it('name the phase of a cluster in the table of `get` as everywhere else', async () => {
    await using server = await RecordingServer.start({
      answer: ({ path }, response) => {
        const items = path.endsWith('/statuses') ? [SUMMARY] : [CLUSTER];
        return response.end(JSON.stringify({ items })) !== undefined;
      },
    });
    const { stdout, stderr } = await user.run('get', 'clusters', '-s', server.url);
    assert.match(stdout, /^one +配置中 +host/m, stderr);
  });
});
