import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MAXIMUM_MANIFEST_BYTES, parseManifest, refuseDuplicates, withDefaultNamespace } from './manifest.ts';
import { objectKey, referenceOf } from './kube-object.ts';
import { removalCommand } from './removal-command.ts';

describe('manifest', () => {
  it('documents and lists become objects in order, without nulls and what only a server sets', () => {
    const objects = parseManifest(`
---
apiVersion: v1
kind: ConfigMap
metadata: { name: a, uid: x, resourceVersion: "1", creationTimestamp: null, annotations: null }
data: { k: null, v: "1" }
status: {}
---
# nothing
---
apiVersion: v1
kind: List
items:
  - { apiVersion: v1, kind: Secret, metadata: { name: b } }
  - { apiVersion: v1, kind: ConfigMapList, items: [{ apiVersion: v1, kind: ConfigMap, metadata: { name: c } }] }
`);
    assert.deepEqual(objects, [
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { v: '1' } },
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'b' } },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } },
    ]);
  });

  it('what is no manifest is refused with the place of the mistake', () => {
    const cases: readonly (readonly [string | Uint8Array, RegExp])[] = [
      ['just text', /document 1 is no object/],
      ['kind: A\napiVersion: v1', /document 1 has no metadata\.name/],
      ['kind: A\nmetadata: { name: x }', /document 1 has no apiVersion/],
      ['a: [', /line \d+/],
      [`kind: List\napiVersion: v1\nitems: [1]`, /document 1, item 1 is no object/],
      [Buffer.from([0xff, 0xfe, 0x00]), /not UTF-8/],
      ['#'.repeat(MAXIMUM_MANIFEST_BYTES + 1), /more than \d+ bytes/],
    ];
    for (const [content, expected] of cases) {
      assert.throws(() => parseManifest(content), { reason: 'ManifestInvalid', message: expected });
    }
  });

  it('the same object twice is refused, whatever its version', () => {
    const twice = parseManifest(`
{ apiVersion: apps/v1, kind: Deployment, metadata: { name: a, namespace: n } }
---
{ apiVersion: apps/v1beta1, kind: Deployment, metadata: { name: a, namespace: n } }
`);
    assert.equal(new Set(twice.map((object) => objectKey(referenceOf(object)))).size, 1);
    assert.throws(() => refuseDuplicates(twice), { reason: 'ManifestInvalid' });
  });

  it('the default namespace is for namespaced kinds that name none', () => {
    const objects = parseManifest(`
{ apiVersion: v1, kind: ConfigMap, metadata: { name: a } }
---
{ apiVersion: v1, kind: ConfigMap, metadata: { name: b, namespace: other } }
---
{ apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: { name: c } }
---
{ apiVersion: example.test/v1, kind: Wide, metadata: { name: d } }
---
{ apiVersion: example.test/v1, kind: Narrow, metadata: { name: e } }
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: wides.example.test }
spec: { group: example.test, scope: Cluster, names: { kind: Wide } }
`);
    const namespaces = withDefaultNamespace(objects, 'n').map(({ metadata }) => metadata.namespace ?? '');
    assert.deepEqual(namespaces, ['n', 'other', '', '', 'n', '']);
  });
});

describe('command that removes an object', () => {
  const command = (apiVersion: string, kind: string, namespace: string, name: string) =>
    removalCommand({ apiVersion, kind, namespace, name });

  it('names kind, group, name and namespace', () => {
    assert.equal(command('apps/v1', 'Deployment', 'n', 'a'), 'kubectl delete deployment.apps a --namespace n');
    assert.equal(command('v1', 'Namespace', '', 'a'), 'kubectl delete namespace a');
  });

  it('a definition goes only when it has no instances', () => {
    assert.equal(
      command('apiextensions.k8s.io/v1', 'CustomResourceDefinition', '', 'widgets.example.test'),
      'found=$(kubectl get widgets.example.test --all-namespaces -o name) && [ -z "$found" ] && ' +
        'kubectl delete customresourcedefinition.apiextensions.k8s.io widgets.example.test',
    );
  });

  it('quotes what a shell could misread', () => {
    assert.equal(
      command('rbac.authorization.k8s.io/v1', 'Role', 'n', "a'; rm -rf $HOME"),
      `kubectl delete role.rbac.authorization.k8s.io 'a'\\''; rm -rf $HOME' --namespace n`,
    );
    assert.match(command('v1', 'Secret', 'n', '-x'), /'-x'/);
  });
});
