import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { Catalog } from '../../catalog/catalog.ts';
import { loadCatalog } from '../../catalog/load-catalog.ts';
import { readApiServer } from '../../resources/cluster/api-server.ts';
import type { ComponentChoice } from '../../resources/cluster/components.ts';
import type { ClusterDraft } from '../../resources/cluster/cluster-draft.ts';
import { type CompletedSpec, completeSpec } from './complete-spec.ts';

const WORKER: ClusterDraft = {
  apiServer: '',
  clusterKind: 'kubernetes',
  clusterType: 'physical',
  usage: 'worker',
  hostCluster: '',
  workerType: '',
  primaryDomain: '',
  vclusterNodePort: '',
  components: {},
  withoutComponents: undefined,
  adoptComponents: undefined,
  cloneOf: '',
  reservedNamespacesAllowedProducts: {},
  productAllowedClusterResources: {},
  kubeconfig: undefined,
};

/** 247 characters: a domain that leaves no room for a host name before it. */
const LONG_DOMAIN = `${'x'.repeat(61)}.`.repeat(4).slice(0, -1);

describe('domains that follow from the address of the API server', () => {
  let catalog: Catalog;

  before(async () => {
    catalog = await loadCatalog();
  });

  /** @param resolved IP address to which the host name resolves */
  function complete(apiServer: string, draft: Partial<ClusterDraft> = {}, resolved?: string): CompletedSpec {
    return completeSpec({
      name: 'one',
      draft: { ...WORKER, apiServer, ...draft },
      before: undefined,
      address: readApiServer(apiServer),
      catalog,
      ipAddress: resolved,
      facts: {},
    });
  }

  function domains({ spec, violations }: CompletedSpec): readonly (string | undefined)[] {
    assert.deepEqual(violations, []);
    return [spec?.primaryDomain, spec?.components.deployment?.additions['host']];
  }

  function askedFor({ violations }: CompletedSpec): readonly (readonly [string, string, unknown])[] {
    return violations.map(({ field, said, action }) => [field, said.id, action?.params]);
  }

  it('are valid for IPv6 addresses', () => {
    const domain = '0-0-0-0-0-0-0-1.sslip.io';
    assert.deepEqual(domains(complete('https://[::1]:18447', {}, '::1')), [domain, `argocd.one.${domain}`]);
    const named = complete('https://server.example:6443', {}, '2001:db8::1');
    assert.deepEqual(domains(named), ['server.example', 'argocd.one.2001-db8-0-0-0-0-0-1.sslip.io']);
  });

  it('are those of the IP address where the host name is no domain name', () => {
    const found = complete('https://my_host:6443', {}, '10.0.0.1');
    assert.deepEqual(domains(found), ['10.0.0.1.nip.io', 'argocd.one.10.0.0.1.nip.io']);
  });

  it('follow from every spelling of a host name, and from none that DNS has no room for', () => {
    const spellings = {
      'https://API.Example:6443': 'api.example',
      'https://api.example.:6443': 'api.example',
      'https://b\u00fccher.example': 'xn--bcher-kva.example',
      'https://rancher.example/k8s/clusters/c-m-7x2kq': 'rancher.example',
      [`https://${'x'.repeat(64)}.example`]: '10.0.0.1.nip.io',
    };
    for (const [address, domain] of Object.entries(spellings)) {
      assert.deepEqual(domains(complete(address, {}, '10.0.0.1')), [domain, 'argocd.one.10.0.0.1.nip.io'], address);
    }
  });

  it('are asked for as the primary domain, and nothing else is, where no IP address is found', () => {
    const asked = complete('https://my_host:6443');
    const missing = ['primary_domain', 'ClusterInvalid.domainMissing', { field: 'primary_domain' }] as const;
    assert.deepEqual(askedFor(asked), [missing]);
    const given = complete('https://my_host:6443', { primaryDomain: 'example.org' });
    assert.deepEqual(domains(given), ['example.org', 'argocd.one.example.org']);
  });

  it('that were given and are invalid are named alone', () => {
    const given = complete('https://server.example', { primaryDomain: 'NO DOMAIN' });
    assert.deepEqual(askedFor(given), [['primary_domain', 'ClusterInvalid.domain', {}]]);
  });

  it('that leave no room for a host name have the host asked for, not corrected', () => {
    const name = 'components_list.deployment.additions.host';
    const long = complete('https://server.example', { primaryDomain: LONG_DOMAIN });
    assert.deepEqual(askedFor(long), [[name, 'ClusterInvalid.additionDefault', { field: name }]]);
  });
});

describe('what files of the original say beyond the variety of the cluster', () => {
  let catalog: Catalog;

  before(async () => {
    catalog = await loadCatalog();
  });

  function complete(draft: Partial<ClusterDraft>): CompletedSpec {
    const apiServer = 'https://10.0.0.1:31456';
    return completeSpec({
      name: 'one',
      draft: { ...WORKER, apiServer, ...draft },
      before: undefined,
      address: readApiServer(apiServer),
      catalog,
      ipAddress: '10.0.0.1',
      facts: {},
    });
  }

  const warned = ({ warnings }: CompletedSpec): readonly string[] => warnings.map(({ id }) => id);
  const named = (name: string, namespace = ''): ComponentChoice => ({ name, namespace, additions: {} });

  it('drops components of other categories with a warning, and keeps their namespaces reserved', () => {
    const host = complete({
      usage: 'host',
      components: { deployment: named('argocd', 'cd'), gateway: named('traefik'), certManagement: named('c', 'certs') },
      reservedNamespacesAllowedProducts: { cd: ['p'], certs: ['p'], traefik: ['p'], 'oauth2-proxy': [], vault: [] },
    });
    assert.deepEqual(Object.keys(host.spec?.components ?? {}), ['gateway']);
    const unused = 'Warning.namespaceUnused';
    assert.deepEqual(warned(host), ['Warning.categoryDropped', unused, unused, unused, unused]);
    assert.deepEqual(host.spec?.reservedNamespacesAllowedProducts['cd'], ['p']);
  });

  it('refuses a reserved namespace that is no component’s', () => {
    const { violations } = complete({ reservedNamespacesAllowedProducts: { 'argo-cd': ['p'] } });
    assert.deepEqual(
      violations.map(({ field }) => field),
      ['reserved_namespaces_allowed_products.argo-cd'],
    );
  });

  it('lets the node port of a virtual cluster differ from the port of its address', () => {
    const virtual = complete({
      clusterType: 'virtual',
      hostCluster: 'host',
      workerType: 'pipeline',
      vclusterNodePort: '31500',
      components: { gateway: named('traefik') },
      reservedNamespacesAllowedProducts: { traefik: [] },
    });
    assert.equal(virtual.spec?.vclusterNodePort, 31500);
    assert.deepEqual(warned(virtual), ['Warning.portDiffers', 'Warning.gatewayDropped', 'Warning.namespaceUnused']);
  });
});
