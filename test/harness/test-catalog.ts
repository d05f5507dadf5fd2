import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringifyYaml } from '../../src/base/yaml.ts';
import type { ComponentDefinition } from '../../src/catalog/definition.ts';
import type { KubeObject } from '../../src/kube-objects/kube-object.ts';

/** A component of a few objects; its namespace has its name. */
export type TestComponent = Pick<ComponentDefinition, 'name' | 'category'> &
  Partial<ComponentDefinition> & {
    /** What its manifest holds. */
    readonly manifest: readonly KubeObject[];
  };

/**
 * A catalogue file in which a physical worker has a component of each of their categories and no others. May be written again while no server
 * uses it.
 */
export class TestCatalog implements AsyncDisposable {
  readonly file: string;
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
    this.file = join(directory, 'catalog.yaml');
  }

  static async create(components: readonly TestComponent[]): Promise<TestCatalog> {
    const catalog = new TestCatalog(await mkdtemp(join(tmpdir(), 'nautes-catalog-')));
    await catalog.write(components);
    return catalog;
  }

  async write(components: readonly TestComponent[]): Promise<void> {
    const categories = [...new Set(components.map(({ category }) => category))];
    const varieties = [{ usage: 'worker', clusterType: 'physical', workerType: 'deployment', categories }];
    const definitions = components.map(definitionOf);
    for (const { name, manifest } of components) {
      const documents = manifest.map((object) => stringifyYaml(object));
      await writeFile(join(this.#directory, `${name}.yaml`), documents.join('---\n'));
    }
    await writeFile(this.file, stringifyYaml({ varieties, components: definitions }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true });
  }
}

function definitionOf(component: TestComponent): ComponentDefinition {
  const { manifest: _, ...definition } = component;
  const sources = [{ manifest: `${component.name}.yaml` }];
  return { namespace: component.name, version: '1', default: true, sources, ...definition };
}
