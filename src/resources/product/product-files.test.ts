import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { NautesError } from '../../errors/errors.ts';
import { newIncarnation } from '../incarnation.ts';
import { filePath } from '../repository-layout.ts';
import type { Product } from './product.ts';
import { productFiles } from './product-files.ts';

const incarnation = newIncarnation('product-12');
const GOLDEN = `apiVersion: nautes.resource.nautes.io/v1alpha1
kind: Product
metadata:
  annotations:
    product.nautes.io/incarnation: ${incarnation}
  name: product-12
  namespace: nautes
spec:
  metaDataPath: git@git.example.org:demo/default.project.git
  name: demo
`;
const product: Product = {
  name: 'product-12',
  incarnation,
  spec: { group: 'demo', repository: 'git@git.example.org:demo/default.project.git' },
};

const ORIGINAL = `apiVersion: nautes.resource.nautes.io/v1alpha1
kind: Product
metadata:
  creationTimestamp: null
  name: product-12
  namespace: nautes
spec:
  metaDataPath: ssh://git@git.example.org:2222/demo/default.project.git
  name: demo
status:
  conditions: []
`;

const decode = (text: string, name = 'product-12') => productFiles.decode(name, text);

describe('product file', () => {
  it('has these bytes, and round-trips', () => {
    assert.equal(productFiles.encode(product, { namespace: 'nautes' }), GOLDEN);
    assert.deepEqual(decode(GOLDEN), { resource: product, kept: undefined });
  });

  it('round-trips every product', () => {
    const products = fc.record(
      {
        group: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}(\/[a-z0-9]{1,10}){0,2}$/),
        repository: fc.webUrl().filter((url) => url.length < 2000),
      },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(products, (spec) => {
        const written = productFiles.encode({ ...product, spec }, { namespace: 'nautes' });
        assert.deepEqual(decode(written).resource.spec, spec);
      }),
    );
  });

  it('of the original is read: its incarnation follows from the name, and status is ignored', () => {
    const { resource, kept } = decode(ORIGINAL);
    assert.deepEqual(resource.spec, {
      group: 'demo',
      repository: 'ssh://git@git.example.org:2222/demo/default.project.git',
    });
    assert.match(resource.incarnation, /^original-/);
    assert.equal(kept, undefined);
  });

  it('keeps foreign labels, annotations and fields through a save', () => {
    const edited = GOLDEN.replace(
      '  annotations:',
      '  labels: {team: blue}\n  annotations:\n    example.org/wave: "3"',
    ).replace('  name: demo', '  name: demo\n  futureField: [1]');
    const { resource, kept } = decode(edited);
    const written = productFiles.encode(resource, { namespace: 'nautes', kept });
    assert.deepEqual(decode(written), { resource, kept });
    for (const text of ['team: blue', "example.org/wave: '3'", 'futureField:']) assert.ok(written.includes(text), text);
  });

  const faults: readonly (readonly [string, string, RegExp])[] = [
    ['has no group', GOLDEN.replace('  name: demo\n', ''), /spec\.name must be the path of a group/],
    ['has a group that is no path', GOLDEN.replace('name: demo', 'name: ../canary'), /spec\.name must be the path/],
    ['has no repository', GOLDEN.replace(/ {2}metaDataPath.*\n/, ''), /spec\.metaDataPath must be the URL/],
    ['has a password', GOLDEN.replace('git@git.example.org:demo', 'https://u:canary@h/demo'), /not contain a password/],
    ['is of a cluster', GOLDEN.replace('kind: Product', 'kind: Cluster'), /kind must be Product/],
    ['has another name', GOLDEN.replace('name: product-12', 'name: product-13'), /metadata\.name/],
  ];
  for (const [what, text, problem] of faults) {
    it(`that ${what} is rejected without quoting its content`, () => {
      assert.throws(
        () => decode(text),
        (error) =>
          error instanceof NautesError &&
          error.reason === 'ProductFileInvalid' &&
          problem.test(error.message) &&
          !error.message.includes('canary'),
      );
    });
  }
});

describe('the list of products', () => {
  it('consists of the files named by a group id in its directory', () => {
    assert.equal(filePath(productFiles, 'product-12'), 'nautes/overlays/production/products/product-12.yaml');
    assert.equal(productFiles.kustomization, undefined);
    const names = ['product-12.yaml', 'product-012.yaml', 'product-.yaml', 'demo.yaml', 'product-12.yml', 'README.md'];
    assert.deepEqual(
      names.map((file) => productFiles.nameOf(file)),
      ['product-12', undefined, undefined, undefined, undefined, undefined],
    );
  });

  it('is found by group and by repository', () => {
    assert.deepEqual(productFiles.indexKeys(product), {
      group: 'demo',
      repository: 'git@git.example.org:demo/default.project.git',
    });
  });
});
