import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { NautesError } from '../errors/errors.ts';
import { clusterFactNames } from '../catalog/fact-names.ts';
import { clusterFacts, componentFacts, fillIn } from './facts.ts';
import { testCluster } from './testing/cluster.ts';

const settings = { vault: { address: 'https://vault.example:8200' } };

function failsWith(reason: string): (error: unknown) => boolean {
  return (error) => error instanceof NautesError && error.reason === reason;
}

describe('clusterFacts', () => {
  it('has every name that the catalogue may use', () => {
    const choice = { name: 'traefik', namespace: 'traefik', additions: {} };
    const facts = componentFacts(clusterFacts(testCluster('c1'), settings), choice);
    for (const name of clusterFactNames) assert.equal(typeof facts[name], 'string', name);
  });

  it('has the facts of a cluster, its gateway and its Vault', () => {
    const facts = clusterFacts(testCluster('c1'), settings);
    assert.equal(facts['cluster.name'], 'c1');
    assert.equal(facts['cluster.host'], '127.0.1.1');
    assert.equal(facts['gateway.httpsNodePort'], '30443');
    assert.equal(facts['vault.address'], 'https://vault.example:8200');
    assert.equal(facts['vault.authPath'], 'auth/c1');
    assert.equal(facts['cluster.namespaces'], 'argocd,hnc-system,nautes-system,traefik');
  });

  it('takes the gateway of the host for a virtual cluster', () => {
    const physical = testCluster('host1');
    const { gateway, ...components } = physical.spec.components;
    assert.ok(gateway);
    const virtual = { ...testCluster('v1'), spec: { ...physical.spec, hostCluster: 'host1', components } };
    assert.equal(clusterFacts(virtual, settings)['gateway.httpsNodePort'], undefined);
    assert.equal(clusterFacts(virtual, settings, physical)['gateway.httpsNodePort'], '30443');
  });
});

describe('componentFacts', () => {
  const choice = { name: 'argocd', namespace: 'gitops', additions: { host: 'argo.example' } };

  it('adds name, namespace and additions', () => {
    const facts = componentFacts({ 'cluster.name': 'c1' }, choice);
    assert.deepEqual(facts, {
      'cluster.name': 'c1',
      'component.name': 'argocd',
      'component.namespace': 'gitops',
      'additions.host': 'argo.example',
    });
  });

  it('uses defaults for additions that the file of an older cluster does not have', () => {
    const definition = {
      additions: [{ name: 'host', default: 'other' }, { name: 'new', default: 'x' }, { name: 'free' }],
    };
    const facts = componentFacts({}, choice, definition);
    assert.equal(facts['additions.host'], 'argo.example');
    assert.equal(facts['additions.new'], 'x');
    assert.equal(facts['additions.free'], '');
  });
});

describe('fillIn', () => {
  const facts = { 'a.text': 'x: {y}', 'a.port': '30080', 'a.list': 'one,two', 'a.empty': '' };

  it('fills strings at any depth and leaves everything else', () => {
    const value = { '${a.text}': ['${a.text}', 1, true, null], url: 'https://${a.port}/$${a.text}' };
    assert.deepEqual(fillIn(value, facts, 'c'), {
      '${a.text}': ['x: {y}', 1, true, null],
      url: 'https://30080/${a.text}',
    });
  });

  it('converts to numbers where requested', () => {
    assert.deepEqual(fillIn({ port: '${a.port|number}' }, facts, 'c'), { port: 30080 });
    for (const text of ['${a.text|number}', '${a.empty|number}']) {
      assert.throws(() => fillIn(text, facts, 'c'), failsWith('FactInvalid'));
    }
  });

  it('expands an element for each value of a list', () => {
    assert.deepEqual(fillIn(['-v', '--ns=${a.list|each}', '-x'], facts, 'c'), ['-v', '--ns=one', '--ns=two', '-x']);
    assert.deepEqual(fillIn(['--ns=${a.empty|each}'], facts, 'c'), []);
  });

  it('rejects an unknown fact, whatever its name', () => {
    for (const text of ['${a.other}', '${toString.call}', '${HOME}']) {
      assert.throws(() => fillIn(text, facts, 'c'), failsWith('FactUnknown'));
    }
  });

  it('never lets a value change the structure around it', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const filled = fillIn({ a: ['x${f.v}y'], b: '${f.v}' }, { 'f.v': text }, 'c');
        assert.deepEqual(filled, { a: [`x${text}y`], b: text });
      }),
    );
  });

  it('leaves values without placeholders as they are', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        fc.pre(!JSON.stringify(value).includes('${'));
        assert.deepEqual(fillIn(value, facts, 'c'), value);
      }),
    );
  });
});
