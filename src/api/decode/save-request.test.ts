import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { NautesError } from '../../errors/errors.ts';
import { violationMetadata } from '../../errors/violation.ts';
import { render } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';
import { camelCase } from '../../resources/document-field.ts';
import { decodeSaveRequest, type SaveRequest } from './save-request.ts';

const english = (said: Message): string => render(said, 'en');
const metadataOf = ({ violations }: NautesError): Readonly<Record<string, string>> =>
  violationMetadata(violations, 'en');

function decode(body: unknown, query = new Map<string, string[]>()): SaveRequest {
  return decodeSaveRequest('one', Buffer.from(JSON.stringify(body)), 'application/json', query);
}

function refusal(body: unknown, name = 'one'): NautesError {
  try {
    decodeSaveRequest(name, Buffer.from(JSON.stringify(body)), 'application/json', new Map());
  } catch (error) {
    assert.ok(error instanceof NautesError);
    return error;
  }
  return assert.fail('accepted');
}

const worker = {
  api_server: 'https://127.0.0.1:6443',
  cluster_kind: 'kubernetes',
  cluster_type: 'physical',
  usage: 'worker',
};

/** Names of messages in camel case; the keys of maps stay. */
function inCamelCase(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      camelCase(name),
      name === 'additions' || name.startsWith('reserved') || name.startsWith('product') ? member : inCamelCase(member),
    ]),
  );
}

const word = fc.stringMatching(/^[a-z0-9.:-]{0,12}$/);
const component = fc.record({
  name: word,
  namespace: word,
  additions: fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), word),
});
const bodies = fc.record(
  {
    host_cluster: word,
    worker_type: word,
    primary_domain: word,
    kubeconfig: fc.string(),
    vcluster: fc.record({ https_node_port: word }),
    reserved_namespaces_allowed_products: fc.dictionary(word, fc.array(word)),
    product_allowed_cluster_resources: fc.dictionary(word, fc.array(fc.record({ kind: word, group: word }))),
    components_list: fc.record(
      { multi_tenant: component, secret_sync: component, deployment: component },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);

function draftOf(body: unknown): object {
  const { draft } = decode(body);
  return { ...draft, kubeconfig: draft.kubeconfig?.reveal() };
}

describe('spellings of a save', () => {
  it('in snake case, in camel case and in both give the same draft', () => {
    fc.assert(
      fc.property(bodies, (optional) => {
        const body = { ...worker, ...optional };
        const expected = draftOf(body);
        assert.deepEqual(draftOf(inCamelCase(body)), expected);
        assert.deepEqual(draftOf({ ...body, ...(inCamelCase(body) as object) }), expected);
      }),
    );
  });

  it('of 0.2, 0.3 and 0.4 give the same draft', () => {
    const expected = draftOf({
      ...worker,
      worker_type: 'deployment',
      components_list: {
        deployment: { name: '', namespace: '', additions: { host: 'argocd.example.com' } },
        gateway: {
          name: 'traefik',
          namespace: 'traefik',
          additions: { httpNodePort: '30080', httpsNodePort: '30443' },
        },
      },
    });
    const traefik = { name: 'traefik', namespace: 'traefik' };
    const spellings = [
      { argocd_host: 'argocd.example.com', traefik: { http_node_port: '30080', https_node_port: '30443' } },
      { argocdHost: 'argocd.example.com', traefik: { httpNodePort: '30080', httpsNodePort: '30443' } },
      { argocd_host: 'argocd.example.com', traefik: { http_node_port: 30080, https_node_port: 30443 } },
    ];
    for (const spelling of spellings) {
      assert.deepEqual(draftOf({ ...worker, ...spelling, components_list: { gateway: traefik } }), expected);
      assert.deepEqual(draftOf({ ...worker, ...spelling, components_list: { ingress_controller: traefik } }), expected);
    }
  });

  it('take numbers for ports and nowhere else', () => {
    const virtual = { ...worker, cluster_type: 'virtual', vcluster: { https_node_port: 31456 } };
    assert.equal(decode(virtual).draft.vclusterNodePort, '31456');
    const additions = (value: object) => ({ ...worker, components_list: { gateway: { additions: value } } });
    assert.deepEqual(decode(additions({ httpNodePort: 30080 })).draft.components.gateway?.additions, {
      httpNodePort: '30080',
    });
    assert.match(refusal(additions({ host: 1 })).message, /invalid value for string type: 1$/);
    assert.match(refusal({ ...worker, usage: 1 }).message, /invalid value for string type: 1$/);
  });

  it('treat empty strings, null and nothing as one', () => {
    const empty = { name: '', namespace: '', additions: null };
    const sent = {
      ...worker,
      worker_type: '',
      kubeconfig: '',
      host_cluster: null,
      argocd_host: '',
      traefik: { http_node_port: '' },
      components_list: { gateway: empty, pipeline: empty, cert_mgt: empty },
    };
    assert.deepEqual(draftOf(sent), draftOf(worker));
    assert.deepEqual(decode(sent).warnings, []);
  });

  it('make a worker without a type a deployment worker, and nothing of a host', () => {
    assert.equal(decode(worker).draft.workerType, 'deployment');
    assert.equal(decode({ ...worker, usage: 'host' }).draft.workerType, '');
    assert.equal(decode({ ...worker, worker_type: 'pipeline' }).draft.workerType, 'pipeline');
  });

  it('that differ from each other are refused, each by its name', () => {
    const error = refusal({
      ...worker,
      hostCluster: 'a',
      host_cluster: 'b',
      argocd_host: 'c',
      components_list: {
        deployment: { additions: { host: 'd' } },
        gateway: { name: 'traefik' },
        ingress_controller: { name: 'nginx' },
      },
    });
    assert.equal(error.reason, 'Validator');
    assert.match(metadataOf(error).host_cluster ?? '', /hostCluster/);
    assert.match(metadataOf(error).argocd_host ?? '', /differs/);
    assert.match(metadataOf(error)['components_list.gateway.name'] ?? '', /differs/);
  });

  it('that a variety has no use for are dropped with a warning', () => {
    const legacy = { traefik: { http_node_port: '30080' }, argocd_host: 'a', tekton_host: 't' };
    const host = decode({ ...worker, usage: 'host', ...legacy });
    assert.deepEqual(Object.keys(host.draft.components), ['gateway']);
    assert.equal(host.warnings.length, 2);
    const virtual = decode({ ...worker, cluster_type: 'virtual', ...legacy });
    assert.deepEqual(Object.keys(virtual.draft.components), ['deployment']);
    assert.deepEqual(virtual.warnings.map(english), [
      'traefik.http_node_port has no meaning for this cluster profile and is dropped',
      'tekton_host has no meaning for this cluster profile and is dropped',
    ]);
    const pipeline = decode({ ...worker, cluster_type: 'virtual', worker_type: 'pipeline', ...legacy });
    assert.deepEqual(Object.keys(pipeline.draft.components), ['gateway', 'deployment', 'pipeline']);
    assert.deepEqual(pipeline.warnings, []);
  });

  it('of components that nobody chooses any more are accepted with a warning', () => {
    const { draft, warnings } = decode({ ...worker, components_list: { cert_mgt: { name: 'cert-manager' } } });
    assert.deepEqual(Object.keys(draft.components), ['certManagement']); // its namespace may be reserved
    assert.deepEqual(warnings.map(english), ['components_list.cert_mgt is not used']);
  });

  it('with null as the value of a map are read as an empty list or text', () => {
    const sent = {
      ...worker,
      reserved_namespaces_allowed_products: { argocd: null },
      product_allowed_cluster_resources: { demo: null },
      components_list: { gateway: { name: 'traefik', additions: { httpNodePort: null, other: null } } },
    };
    const { draft } = decode(sent);
    assert.deepEqual(draft.reservedNamespacesAllowedProducts, { argocd: [] });
    assert.deepEqual(draft.productAllowedClusterResources, { demo: [] });
    assert.deepEqual(draft.components.gateway?.additions, { httpNodePort: '', other: '' });
  });
});

describe('the shape of a save', () => {
  it('is refused with the first broken rule as the message and every violation with its remedy', () => {
    const error = refusal({ cluster_type: 'x', reserved_namespaces_allowed_products: { ns: [1] } }, 'Not_a_name');
    assert.equal(
      error.message,
      'invalid SaveRequest.Body: embedded message failed validation | caused by: invalid SaveRequest_Body.ApiServer: value length must be at least 1 runes',
    );
    assert.deepEqual(Object.keys(metadataOf(error)), [
      'api_server',
      'cluster_kind',
      'cluster_type',
      'usage',
      'reserved_namespaces_allowed_products.ns',
      'cluster_name',
    ]);
    assert.match(metadataOf(error).usage ?? '', /value must be in list \[host worker\]\. Give host or worker\./);
  });

  it('without a body breaks the same rules', () => {
    assert.throws(() => decodeSaveRequest('one', Buffer.alloc(0), 'application/json', new Map()), {
      reason: 'Validator',
    });
  });

  it('refuses items that are not what the lists hold', () => {
    const resources = { p: [{ kind: 'ClusterRole' }, 'x', null] };
    assert.match(
      refusal({ ...worker, product_allowed_cluster_resources: resources }).message,
      /product_allowed_cluster_resources\.p: must be a list of objects/,
    );
  });

  it('refuses maps with very many names or items in a short answer', () => {
    const many = (length: number, value: unknown) =>
      Object.fromEntries(Array.from({ length }, (_, index) => [`name-${index}`, value]));
    const excessive = [
      { reserved_namespaces_allowed_products: many(60_000, [1]) },
      { product_allowed_cluster_resources: many(60_000, [1]) },
      { reserved_namespaces_allowed_products: { ns: Array.from({ length: 60_000 }, () => 'product') } },
      { reserved_namespaces_allowed_products: many(400, [1]) },
      { reserved_namespaces_allowed_products: { ['x'.repeat(500_000)]: [1] } },
    ];
    for (const body of excessive) {
      const error = refusal({ ...worker, ...body });
      assert.ok(['Validator', 'Codec'].includes(error.reason)); // the reader ends at its own limits
      const { message } = error;
      assert.ok(JSON.stringify({ message, metadata: metadataOf(error) }).length < 30_000);
    }
    assert.ok(decode({ ...worker, reserved_namespaces_allowed_products: many(400, ['p']) }));
  });

  it('keeps names like __proto__ and constructor in maps as data', () => {
    const body = `{${JSON.stringify(worker).slice(1, -1)}, "__proto__": {"usage": "host"},
      "reserved_namespaces_allowed_products": {"__proto__": ["p"], "constructor": []},
      "components_list": {"gateway": {"additions": {"__proto__": "x"}}, "__proto__": {"name": "y"}}}`;
    const { draft } = decodeSaveRequest('one', Buffer.from(body), 'application/json', new Map());
    assert.equal(draft.usage, 'worker');
    assert.deepEqual(Object.keys(draft.reservedNamespacesAllowedProducts), ['__proto__', 'constructor']);
    assert.deepEqual(Object.entries(draft.components.gateway?.additions ?? {}), [['__proto__', 'x']]);
    assert.equal(({} as Record<string, unknown>).usage, undefined);
  });

  it('never shows the kubeconfig in an error', () => {
    const error = refusal({ ...worker, usage: '', kubeconfig: 'canary-secret' });
    assert.doesNotMatch(inspect(error, { depth: null }), /canary/);
  });
});
