import assert from 'node:assert/strict';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parseYaml, stringifyYaml } from '../../src/base/yaml.ts';
import { CommandLine } from '../harness/command-line.ts';
import { RecordingServer } from '../harness/recording-server.ts';
import { clusterView } from '../harness/views.ts';

const config = (server: string) => ({
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [{ name: 'c', cluster: { server, 'certificate-authority-data': 'Y2E=' } }],
  users: [{ name: 'u', user: { token: 'of-the-virtual-cluster' } }],
  contexts: [{ name: 'host', context: { cluster: 'c', user: 'u' } }],
  'current-context': 'host',
});

describe('the kubeconfig of a virtual cluster', () => {
  it('is what it has left on its host, read with kubectl, at the registered address', async () => {
    const views = {
      v1: clusterView({
        name: 'v1',
        cluster_type: 'virtual',
        host_cluster: 'h',
        api_server: 'https://203.0.113.7:31456',
      }),
      one: clusterView({ name: 'one', cluster_type: 'physical' }),
    };
    await using server = await RecordingServer.start({
      answer: ({ path }, response) => {
        const name = path.split('/').at(-1) === 'one' ? 'one' : 'v1';
        response.end(JSON.stringify(views[name]));
        return true;
      },
    });
    await using user = await CommandLine.open({ API_SERVER: server.url, GIT_TOKEN: 't' });
    const bin = join(user.home, 'bin');
    await mkdir(bin);
    const left = Buffer.from(stringifyYaml(config('https://localhost:8443'))).toString('base64');
    await writeFile(join(bin, 'kubectl'), `#!/bin/sh\necho "$*" >> "$HOME/kubectl.log"\nprintf %s '${left}'\n`);
    await chmod(join(bin, 'kubectl'), 0o700);
    user.environment['PATH'] = `${bin}:${user.environment['PATH'] ?? ''}`;
    const host = join(user.home, 'host.kubeconfig');
    await writeFile(host, stringifyYaml(config('https://203.0.113.7:6443')), { mode: 0o600 });

    const printed = await user.run('kubeconfig', 'cluster/v1', '--kubeconfig', host);
    assert.equal(printed.code, 0, printed.stderr);
    assert.deepEqual(parseYaml(printed.stdout), config('https://203.0.113.7:31456'));
    assert.match(printed.stderr, /on its host h, context host/);
    assert.equal(
      await readFile(join(user.home, 'kubectl.log'), 'utf8'),
      `--kubeconfig ${host} --context host --namespace vcluster-v1 get secret vc-vcluster --output jsonpath={.data.config}\n`,
    );
    const other = await user.run('kubeconfig', 'one', '--kubeconfig', host, '--lang', 'zh');
    assert.deepEqual([other.code, /不是虚拟集群/.test(other.stderr)], [1, true], other.stderr);
  });
});
