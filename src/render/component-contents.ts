import type { Catalog } from '../catalog/catalog.ts';
import type { KubeObject } from '../kube-objects/kube-object.ts';
import type { Cluster } from '../resources/cluster/cluster.ts';
import type { ComponentChoice } from '../resources/cluster/components.ts';
import { clusterFacts, type RenderSettings } from './facts.ts';
import type { Renderer } from './renderer.ts';

/** What the components of a physical cluster bring, before there is one. */
export class RenderedContents {
  readonly #renderer: Renderer;
  readonly #settings: RenderSettings;
  readonly #catalog: Catalog;

  constructor(renderer: Renderer, settings: RenderSettings, catalog: Catalog) {
    this.#renderer = renderer;
    this.#settings = settings;
    this.#catalog = catalog;
  }

  /**
   * The objects of a component of the cluster; none where the catalogue does not have it.
   * @throws NautesError as {@link Renderer.render}
   */
  async objects(
    cluster: Cluster,
    choice: ComponentChoice,
    kubernetesVersion: string,
    signal: AbortSignal,
  ): Promise<readonly KubeObject[]> {
    const definition = this.#catalog.component(choice.name);
    if (definition === undefined) return [];
    const facts = clusterFacts(cluster, this.#settings);
    const version = kubernetesVersion.replace(/^v/, '');
    return this.#renderer.render({ definition, choice, facts, kubernetesVersion: version }, signal);
  }
}
