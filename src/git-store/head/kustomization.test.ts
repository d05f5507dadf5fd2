import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseYaml } from '../../base/yaml.ts';
import { Kustomization } from './kustomization.ts';

const nothing = () => false;

function resources(kustomization: Kustomization): unknown {
  return (parseYaml(kustomization.content.toString()) as { resources: unknown }).resources;
}

describe('kustomization', () => {
  it('is a kustomization with an empty list when there is no resource', () => {
    const kustomization = Kustomization.from(undefined, [], nothing);
    const empty = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: []\n';
    assert.equal(kustomization.content.toString(), empty);
    kustomization.add('a.yaml');
    assert.equal(kustomization.content.toString(), empty.replace(' []', '\n  - a.yaml'));
    kustomization.remove('a.yaml');
    assert.equal(kustomization.content.toString(), empty);
  });

  it('lists files in the order of names and says what a change replaces', () => {
    const kustomization = Kustomization.from(undefined, ['b.yaml', 'a-1.yaml'], nothing);
    const before = kustomization.content;
    assert.equal(kustomization.add('b.yaml'), undefined);
    assert.equal(kustomization.remove('c.yaml'), undefined);
    const { content, splice } = kustomization.add('a.yaml') ?? {};
    assert.deepEqual(resources(kustomization), ['a-1.yaml', 'a.yaml', 'b.yaml']);
    assert.equal(content?.length, before.length + (splice?.inserted.length ?? 0));
  });

  it('reads the empty list of the original', () => {
    const original = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n';
    assert.deepEqual(resources(Kustomization.from(original, ['a.yaml'], nothing)), ['a.yaml']);
  });

  it('keeps what people added and drops files that are gone', () => {
    const text =
      'resources: [b.yaml, gone.yaml, ../base, https://example.org/x.yaml, mine.yaml]\npatches: [{path: p.yaml}]\n';
    const isFile = (file: string) => file === 'mine.yaml' || file === 'b.yaml';
    const kustomization = Kustomization.from(text, ['a.yaml', 'b.yaml'], isFile);
    const others = ['../base', 'https://example.org/x.yaml'];
    assert.deepEqual(resources(kustomization), [...others, 'a.yaml', 'b.yaml', 'mine.yaml']);
    assert.deepEqual((parseYaml(kustomization.content.toString()) as { patches: unknown }).patches, [
      { path: 'p.yaml' },
    ]);
    for (const name of ['a', 'b', 'mine']) kustomization.remove(`${name}.yaml`);
    assert.deepEqual(resources(kustomization), others);
  });

  for (const text of ['a: [', '- list', '42', 'resources: 7']) {
    it(`is made anew in place of ${JSON.stringify(text)}`, () => {
      assert.deepEqual(resources(Kustomization.from(text, ['a.yaml'], nothing)), ['a.yaml']);
    });
  }
});
