import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { NautesError } from '../../errors/errors.ts';
import { render } from '../../messages/message.ts';
import { configurationKeys, loadConfiguration, readListen } from './load.ts';

const directory = await mkdtemp(join(tmpdir(), 'nautes-configuration-'));
after(() => rm(directory, { recursive: true }));

async function fileWith(text: string): Promise<string> {
  const file = join(directory, `${Math.random()}.yaml`);
  await writeFile(file, text);
  return file;
}

function refusedWith(pattern: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof NautesError);
    assert.equal(error.reason, 'ConfigurationInvalid');
    assert.match(error.message, pattern);
    return true;
  };
}

describe('loadConfiguration', () => {
  it('gives the defaults when nothing is set', async () => {
    const configuration = await loadConfiguration({ environment: {} });
    assert.equal(configuration.listen, '127.0.0.1:8000');
    assert.equal(configuration.role, 'all');
    assert.equal(configuration.controllers.driftSeconds, 300);
  });

  it('gives the environment precedence over the file and the command line over both', async () => {
    const file = await fileWith('listen: 127.0.0.1:1\nrole: api\ncontrollers: { driftSeconds: 7, graceSeconds: 8 }\n');
    const configuration = await loadConfiguration({
      file,
      environment: {
        NAUTES_LISTEN: '127.0.0.1:2',
        NAUTES_CONTROLLERS_DRIFT_SECONDS: '9',
        NAUTES_CATALOG_FILES: 'a, b',
      },
      overrides: { listen: '127.0.0.1:3' },
    });
    assert.equal(configuration.listen, '127.0.0.1:3');
    assert.equal(configuration.role, 'api');
    assert.deepEqual([configuration.controllers.driftSeconds, configuration.controllers.graceSeconds], [9, 8]);
    assert.deepEqual(configuration.catalog.files, ['a', 'b']);
  });

  it('rejects an environment that turns off the verification of certificates', async () => {
    const environment = { NODE_TLS_REJECT_UNAUTHORIZED: '0' };
    await assert.rejects(loadConfiguration({ environment }), refusedWith(/NODE_TLS_REJECT_UNAUTHORIZED=0 .*caFile/));
    await loadConfiguration({ environment: { NODE_TLS_REJECT_UNAUTHORIZED: '1' } });
  });

  it('needs an access of its own for state in Kubernetes, and takes one source of the management cluster', async () => {
    const load = (environment: Record<string, string>) => loadConfiguration({ environment });
    const state = { NAUTES_STORAGE: 'kubernetes' };
    await assert.rejects(load(state), refusedWith(/^.*storage: kubernetes needs management\.kubeconfig/));
    const both = { NAUTES_MANAGEMENT_KUBECONFIG: 'a', NAUTES_MANAGEMENT_IN_CLUSTER: 'true' };
    await assert.rejects(load(both), refusedWith(/at most one of kubeconfig, inCluster and cluster/));
    const named = { ...state, NAUTES_MANAGEMENT_IN_CLUSTER: 'true', NAUTES_MANAGEMENT_NAMESPACE: 'A b' };
    await assert.rejects(load(named), refusedWith(/management\.namespace: A b is not/));
    const configuration = await load({ ...state, NAUTES_MANAGEMENT_IN_CLUSTER: 'true' });
    assert.equal(configuration.management.inCluster, true);
    assert.equal(configuration.management.namespace, 'nautes');
  });

  it('needs a management cluster for publishing, which may be a registered one', async () => {
    const publishing = { NAUTES_MANAGEMENT_PUBLISH_ARGOCD_ENABLED: 'true' };
    await assert.rejects(
      loadConfiguration({ environment: publishing }),
      refusedWith(/management\.publish: publishing needs a management cluster/),
    );
    const named = { ...publishing, NAUTES_MANAGEMENT_CLUSTER: 'one' };
    const { management } = await loadConfiguration({ environment: named });
    assert.deepEqual([management.cluster, management.publish.argocd.namespace], ['one', 'argocd']);
    const elsewhere = { ...named, NAUTES_MANAGEMENT_PUBLISH_ARGOCD_NAMESPACE: 'A b' };
    await assert.rejects(
      loadConfiguration({ environment: elsewhere }),
      refusedWith(/management\.publish\.argocd\.namespace: A b is not/),
    );
    const state = { ...named, NAUTES_STORAGE: 'kubernetes' };
    await assert.rejects(loadConfiguration({ environment: state }), refusedWith(/storage: kubernetes needs/));
  });

  it('takes no ClusterProfiles in the namespace of Argo CD, and no publication without a management cluster', async () => {
    const load = (environment: Record<string, string>) => loadConfiguration({ environment });
    const profiles = { NAUTES_MANAGEMENT_PUBLISH_CLUSTER_PROFILES_NAMESPACES: 'kueue-system, argocd' };
    await assert.rejects(load(profiles), refusedWith(/publishing needs a management cluster/));
    const managed = { NAUTES_MANAGEMENT_IN_CLUSTER: 'true' };
    const second =
      /clusterProfiles\.namespaces: ClusterProfiles in argocd, the namespace of Argo CD, would become a second/;
    await assert.rejects(load({ ...managed, ...profiles }), refusedWith(second));
    const elsewhere = { ...managed, ...profiles, NAUTES_MANAGEMENT_PUBLISH_ARGOCD_NAMESPACE: 'gitops' };
    assert.deepEqual((await load(elsewhere)).management.publish.clusterProfiles.namespaces, ['kueue-system', 'argocd']);
    const named = { ...managed, NAUTES_MANAGEMENT_PUBLISH_CLUSTER_PROFILES_MANAGER: 'a b' };
    await assert.rejects(load(named), refusedWith(/clusterProfiles\.manager: has to be a label value/));
  });

  it('fills sections within sections, from the file and the environment', async () => {
    const file = await fileWith('secrets: { store: vault, vault: { auth: { method: approle, roleId: a } } }\n');
    const environment = { NAUTES_SECRETS_VAULT_AUTH_ROLE_ID: 'b', NAUTES_SECRETS_VAULT_PEERS: 'x, y' };
    const { secrets } = await loadConfiguration({ file, environment });
    assert.equal(secrets.store, 'vault');
    assert.equal(secrets.vault.mount, 'cluster');
    assert.deepEqual(secrets.vault.peers, ['x', 'y']);
    assert.deepEqual([secrets.vault.auth.method, secrets.vault.auth.roleId], ['approle', 'b']);
    const wrong = await fileWith('secrets: { vault: here }\ngit: 7\n');
    await assert.rejects(loadConfiguration({ file: wrong, environment: {} }), refusedWith(/git: .*secrets\.vault: /));
    const unknown = await fileWith('secrets: { vault: { auth: { rolId: x } } }\n');
    await assert.rejects(
      loadConfiguration({ file: unknown, environment: {} }),
      refusedWith(/secrets\.vault\.auth: .*rolId/),
    );
  });

  it('names every wrong key of a file', async () => {
    const file = await fileWith('listn: x\ncontrollers: { driftSeconds: soon }\nrole: king\n');
    await assert.rejects(loadConfiguration({ file, environment: {} }), refusedWith(/listn/));
    await assert.rejects(loadConfiguration({ file, environment: {} }), refusedWith(/controllers\.driftSeconds/));
    await assert.rejects(
      loadConfiguration({ file, environment: {} }),
      refusedWith(/role: must be one of all, api, controllers/),
    );
  });

  it('rejects an unknown environment variable', async () => {
    const environment = { NAUTES_LISTN: 'x' };
    await assert.rejects(loadConfiguration({ environment }), refusedWith(/NAUTES_LISTN/));
  });

  it('ignores what Kubernetes sets for a Service whose name begins with nautes, and the home of the original', async () => {
    const environment = {
      NAUTES_SERVICE_HOST: '10.96.0.7',
      NAUTES_SERVICE_PORT: '8000',
      NAUTES_SERVICE_PORT_HTTP: '8000',
      NAUTES_PORT: 'tcp://10.96.0.7:8000',
      NAUTES_PORT_8000_TCP: 'tcp://10.96.0.7:8000',
      NAUTES_PORT_8000_TCP_PROTO: 'tcp',
      NAUTES_PORT_8000_TCP_PORT: '8000',
      NAUTES_PORT_8000_TCP_ADDR: '10.96.0.7',
      NAUTES_API_SERVER_SERVICE_HOST: '10.96.0.8',
      NAUTES_API_SERVER_PORT: 'tcp://10.96.0.8:8000',
      NAUTES_HOME: '/opt/nautes',
    };
    assert.deepEqual(await loadConfiguration({ environment }), await loadConfiguration({ environment: {} }));
  });

  it('rejects a variable that only resembles those of Kubernetes', async () => {
    for (const variable of ['NAUTES_PORT', 'NAUTES_LISTEN_PORT', 'NAUTES_SERVICE_HOSTS', 'NAUTES_PORT_8000_HTTP']) {
      const environment = { [variable]: '8000' };
      await assert.rejects(
        loadConfiguration({ environment }),
        refusedWith(new RegExp(`${variable} stands for no key`)),
      );
    }
  });

  it('reports the position of a YAML error', async () => {
    const file = await fileWith('listen: [\n');
    await assert.rejects(loadConfiguration({ file, environment: {} }), refusedWith(/line 2/));
  });

  it('reports a missing file', async () => {
    const file = join(directory, 'absent.yaml');
    await assert.rejects(
      loadConfiguration({ file, environment: {} }),
      refusedWith(/absent\.yaml: there is no such file$/),
    );
  });

  it('names every wrong key in Chinese too', async () => {
    const file = await fileWith('listn: x\nrole: none\nhelm: 1\ncontrollers: { driftSeconds: -1 }\n');
    await assert.rejects(loadConfiguration({ file, environment: {} }), (error) => {
      assert.ok(error instanceof NautesError);
      const said = render(error.said, 'zh');
      for (const part of ['未知的键 "listn"', 'role：应为以下之一：all、api、controllers', 'helm：应为 object']) {
        assert.ok(said.includes(part), said);
      }
      assert.doesNotMatch(said, /must|unknown/);
      return true;
    });
  });

  it('quotes an invalid address', async () => {
    await assert.rejects(
      loadConfiguration({ environment: { NAUTES_LISTEN: '8000' } }),
      refusedWith(/8000 is not HOST/),
    );
  });

  it('rejects invalid networks', async () => {
    for (const [variable, text] of [
      ['NAUTES_CLIENTS_TRUSTED_PROXIES', '10.0.0.0/33'],
      ['NAUTES_CLIENTS_TRUSTED_PROXIES', 'proxy.example'],
      ['NAUTES_ADDRESSES_DENIED', '10.0.0.1,::1/129'],
    ] as const) {
      await assert.rejects(
        loadConfiguration({ environment: { [variable]: text } }),
        refusedWith(/is no address or network \(CIDR\)/),
      );
    }
    const environment = { NAUTES_CLIENTS_TRUSTED_PROXIES: '10.0.0.0/8, ::1, fd00::/8, 192.0.2.1' };
    assert.equal((await loadConfiguration({ environment })).clients.trustedProxies.length, 4);
  });

  it('gives each key an environment variable and a description', () => {
    const keys = configurationKeys();
    assert.equal(keys.find(({ path }) => path.join('.') === 'git.pollSeconds')?.variable, 'NAUTES_GIT_POLL_SECONDS');
    assert.deepEqual(
      keys.filter(({ description }) => description === ''),
      [],
    );
    assert.equal(new Set(keys.map(({ variable }) => variable)).size, keys.length);
  });
});

describe('readListen', () => {
  for (const [text, expected] of [
    ['127.0.0.1:8000', { host: '127.0.0.1', port: 8000 }],
    ['[::1]:0', { host: '::1', port: 0 }],
    ['localhost:70000', undefined],
    ['8000', undefined],
    ['::1:8000', undefined],
  ] as const) {
    it(`reads ${text} as ${JSON.stringify(expected)}`, () => assert.deepEqual(readListen(text), expected));
  }
});
