import { NautesError } from '../base/errors.ts';
import { canonicalJson, sha256 } from '../base/hash.ts';
import { type ComponentDefinition, type ComponentSource, isChart } from '../catalog/definition.ts';
import type { ComponentChoice } from '../model/cluster.ts';
import { type KubeObject, parseManifest, withDefaultNamespace } from '../kube/index.ts';
import { componentFacts, type Facts, fillIn } from './facts.ts';
import { type HelmLocator, isDroppedHook, loadChart, renderChart } from './helm.ts';
import { isTarget, patchObjects } from './patch.ts';
import { moveNamespace } from './namespace.ts';
import type { SourceLoader } from './sources.ts';

/** Rendered charts and parsed manifests kept in memory; the catalogue rarely has more sources. */
const MAXIMUM_CACHED_SOURCES = 64;

export interface RendererOptions {
  readonly sources: SourceLoader;
  readonly helm: HelmLocator;
}

export interface RenderRequest {
  readonly definition: ComponentDefinition;
  readonly choice: ComponentChoice;
  readonly facts: Facts;
  /** Such as `1.34.2`. */
  readonly kubernetesVersion: string;
}

/**
 * Component and facts about a cluster -> objects. What sources give is parsed or rendered once and shared between
 * clusters: objects that no patch touches are the same instances for every cluster, and must not be changed.
 */
export class Renderer {
  readonly #options: RendererOptions;
  readonly #cache = new Map<string, Promise<readonly KubeObject[]>>();
  /** Shared work outlives the request that happened to ask first. */
  readonly #lifetime = new AbortController();

  constructor(options: RendererOptions) {
    this.#options = options;
  }

  /** Ends downloads and renderings that are under way. */
  close(): void {
    this.#lifetime.abort();
  }

  /** @throws NautesError `SourceUnavailable`, `SourceDigestMismatch`, `SourceInvalid`, `HelmFailed`, `PatchUnmatched`, `FactUnknown` */
  async render(request: RenderRequest, signal: AbortSignal): Promise<readonly KubeObject[]> {
    const { definition, choice } = request;
    const facts = componentFacts(request.facts, choice);
    const parts: KubeObject[] = [];
    for (const source of definition.sources) parts.push(...(await this.#source(source, request, facts, signal)));
    const own = (definition.objects ?? []).map((object) => fillIn(object, facts, definition.name));
    parts.push(...parseObjects(own, choice.namespace, definition.name));
    const omit = definition.omit ?? [];
    const wanted = parts.filter((object) => !omit.some((target) => isTarget(object, target)));
    const patches = (definition.patches ?? []).map((patch) => ({
      ...patch,
      ...(patch.merge === undefined ? {} : { merge: asData(fillIn(patch.merge, facts, definition.name)) }),
      ...(patch.set === undefined
        ? {}
        : { set: patch.set.map(({ path, value }) => ({ path, value: fillIn(value, facts, definition.name) })) }),
    }));
    return patchObjects(wanted, patches, definition.name);
  }

  async #source(
    source: ComponentSource,
    request: RenderRequest,
    facts: Facts,
    signal: AbortSignal,
  ): Promise<readonly KubeObject[]> {
    const { definition, choice, kubernetesVersion } = request;
    const component = definition.name;
    if (!isChart(source)) {
      const key = canonicalJson([source.manifest, source.sha256, choice.namespace]);
      return this.#cached(key, async () => {
        const { content } = await this.#options.sources.load(
          source.manifest,
          source.sha256,
          component,
          this.#lifetime.signal,
        );
        return inNamespace(content.toString(), definition, choice.namespace);
      });
    }
    const values = fillIn(source.values ?? {}, facts, component);
    const archive = await loadChart(source, component, this.#options.sources, signal);
    const key = canonicalJson([archive.digest, source.release, values, choice.namespace, kubernetesVersion]);
    return this.#cached(key, async () => {
      const rendering = { component, chart: source, archive, values, namespace: choice.namespace, kubernetesVersion };
      return inNamespace(
        await renderChart(rendering, this.#options.helm, this.#lifetime.signal),
        definition,
        choice.namespace,
      );
    });
  }

  /** One computation a key, also when many ask at the same time; failures are not kept; the oldest entry goes first. */
  async #cached(key: string, compute: () => Promise<readonly KubeObject[]>): Promise<readonly KubeObject[]> {
    const digest = sha256(key);
    const known = this.#cache.get(digest);
    if (known !== undefined) return known;
    const pending = compute();
    this.#cache.set(digest, pending);
    const oldest = this.#cache.keys().next().value;
    if (this.#cache.size > MAXIMUM_CACHED_SOURCES && oldest !== undefined) this.#cache.delete(oldest);
    try {
      return await pending;
    } catch (error) {
      this.#cache.delete(digest);
      throw error;
    }
  }
}

function inNamespace(text: string, definition: ComponentDefinition, namespace: string): readonly KubeObject[] {
  const objects = objectsOf(text, definition.name).filter((object) => !isDroppedHook(object.metadata.annotations));
  return withDefaultNamespace(objects, definition.namespace).map((object) =>
    moveNamespace(object, definition.namespace, namespace),
  );
}

function parseObjects(objects: readonly unknown[], namespace: string, component: string): readonly KubeObject[] {
  if (objects.length === 0) return [];
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  return withDefaultNamespace(objectsOf(list, component), namespace);
}

function objectsOf(text: string, component: string): KubeObject[] {
  try {
    return parseManifest(text);
  } catch (error) {
    const problem = error instanceof Error ? error.message : 'unreadable';
    throw new NautesError('SourceInvalid', { component, problem }, { cause: error });
  }
}

function asData(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
