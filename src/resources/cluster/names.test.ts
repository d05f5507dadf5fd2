import assert from 'node:assert/strict';
import { normalize } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { filePath } from '../repository-layout.ts';
import { clusterFiles } from './cluster-files.ts';
import { clusterNameProblem, isNamespaceName, MAXIMUM_CLUSTER_NAME_LENGTH } from './names.ts';

describe('name of a cluster', () => {
  for (const name of ['a', 'a-1', '0', 'con', 'nul', 'git', 'x'.repeat(MAXIMUM_CLUSTER_NAME_LENGTH)]) {
    it(`can be ${name}`, () => assert.equal(clusterNameProblem(name), undefined));
  }

  for (const name of [
    '',
    '.',
    '..',
    '../x',
    '..%2fx',
    '%2e%2e',
    'a/b',
    'a\\b',
    '-a',
    '--upload-pack=x',
    'a-',
    '.git',
    '.gitmodules',
    'a.lock',
    'a.',
    'a.yaml',
    'A',
    'CON',
    'aux ',
    ' a',
    'a\n',
    'a\u0000',
    'a:b',
    'a@{1}',
    '{{ .Values }}',
    '$(id)',
    'é', // composed
    'e\u0301', // the same in two characters
    'а', // Cyrillic
    '\u202ea',
    'kustomization',
    'x'.repeat(MAXIMUM_CLUSTER_NAME_LENGTH + 1),
  ]) {
    it(`cannot be ${JSON.stringify(name)}`, () => assert.ok(clusterNameProblem(name) !== undefined));
  }

  it('that is valid gives a file in the directory of clusters', () => {
    const texts = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.stringMatching(/^[a-z0-9./\\-]{0,60}$/));
    fc.assert(
      fc.property(texts, (name) => {
        fc.pre(clusterNameProblem(name) === undefined);
        const path = filePath(clusterFiles, name);
        assert.equal(normalize(path), path);
        assert.equal(path, `nautes/overlays/production/clusters/${name}.yaml`);
        assert.equal(clusterFiles.nameOf(`${name}.yaml`), name);
        assert.equal(name, name.toLowerCase());
        assert.equal(name, name.normalize('NFD'));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('name of a namespace', () => {
  it('has at most 63 characters of a DNS label', () => {
    assert.ok(isNamespaceName('x'.repeat(63)));
    for (const name of ['x'.repeat(64), 'A', '../a', '', 'a.b', '-a']) assert.ok(!isNamespaceName(name), name);
  });
});
