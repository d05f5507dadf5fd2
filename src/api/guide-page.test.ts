import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { run } from '../base/programs/process.ts';
import { readShared, sharedMissing } from './testing/samples.ts';
import { startTestServer } from './testing/test-server.ts';
import { MAINTAINER_TOKEN } from './testing/fake-registry.ts';

const curlMissing = (await run('sh', ['-c', 'command -v curl'])).code === 0 ? false : 'curl is not installed';

const KUBECONFIG = [
  'apiVersion: v1',
  'clusters:',
  '- cluster:',
  '    server: https://127.0.0.1:6443',
  '  name: default',
  'contexts:',
  '- context:',
  '    cluster: default',
  '    user: default',
  '  name: default',
  'current-context: default',
  'kind: Config',
  'preferences: {}',
  'users:',
  '- name: default',
  '  user:',
  '    token: t',
].join('\n');

/** What people put in place of each placeholder: the plain text, as the comments of the page ask for. */
const VALUES: Readonly<Record<string, string>> = {
  '$gitlab-access-token': MAINTAINER_TOKEN,
  $cluster_name: 'cluster-demo',
  $api_server_port: '31456',
  $api_server: 'https://8.217.50.114:31456',
  $cluster_type: 'physical',
  $usage: 'worker',
  $host_cluster: 'cluster-host',
  $cluster_ip: '8.217.50.114',
  $suffix: 'one',
  $kubeconfig: KUBECONFIG,
};

/** The requests that the page prints, with placeholders filled in; those that it has filled in itself go to our server. */
function requestsOfPage(address: string): readonly string[] {
  const page = readShared('seed/register-runtime-cluster.zh.md');
  const blocks = [...page.matchAll(/```Shell\n(.*?)```/gs)].map(([, text = '']) => text);
  return blocks.map((block) => {
    const filled = Object.entries({ '$api-server-address': address, ...VALUES }).reduce(
      (text, [placeholder, value]) => text.replaceAll(placeholder, value),
      block,
    );
    return filled.replaceAll('xxx.xxx.xxx.xxx:xxxxx', address).replaceAll(/Bearer x+/g, `Bearer ${MAINTAINER_TOKEN}`);
  });
}

async function curl(request: string): Promise<Readonly<Record<string, unknown>>> {
  const script = request.replace('curl -X', "curl --noproxy '*' -sS -X");
  const { code, stdout, stderr } = await run('sh', ['-c', script], { signal: AbortSignal.timeout(60_000) });
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout.toString()) as Record<string, unknown>;
}

describe('the requests of the user guide, pasted into a shell', { skip: sharedMissing || curlMissing }, () => {
  it('are understood with plain values in place of the placeholders and a kubeconfig that is pasted', async () => {
    await using api = await startTestServer();
    const requests = requestsOfPage(`127.0.0.1:${api.port}`);
    assert.equal(requests.filter((request) => request.includes("'POST'")).length, 6);
    for (const request of requests.filter((one) => one.includes("'POST'"))) {
      const reply = await curl(request);
      assert.match(String(reply['message']), /^Successfully saved/, `${request}\n${JSON.stringify(reply)}`);
    }
    for (const request of requests.filter((one) => one.includes("'DELETE'"))) {
      assert.notEqual((await curl(request))['reason'], 'CODEC', request);
    }
    const kubeconfigs = api.registry.saves.map(({ draft }) => draft.kubeconfig?.reveal().trimEnd());
    assert.equal(kubeconfigs.filter((text) => text === KUBECONFIG).length, 2);
    assert.deepEqual([...new Set(api.registry.saves.map(({ draft }) => draft.apiServer))].toSorted(), [
      'https://8.217.50.114:31456',
      'https://8.217.50.114:6443',
    ]);
  });
});
