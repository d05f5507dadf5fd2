import { tmpdir } from 'node:os';
import { canonicalJson, sha256 } from '../base/hash.ts';
import { untilAborted } from '../base/async/timing.ts';
import {
  type ChartSource,
  type ComponentDefinition,
  type ComponentPatch,
  isChart,
  type ManifestSource,
} from '../catalog/definition.ts';
import { type ComponentChoice, VIRTUAL_CLUSTER_CATEGORY } from '../resources/cluster/components.ts';
import { isRecord, type KubeObject } from '../kube-objects/kube-object.ts';
import { parseManifest, withDefaultNamespace } from '../kube-objects/manifest.ts';
import { NautesError, saidBy } from '../errors/errors.ts';
import { message } from '../messages/message.ts';
import { loadChart } from './charts.ts';
import { componentFacts, type Facts, fillIn, fillItems, isSet } from './facts.ts';
import { Helm, type HelmLocator, isDroppedHook } from './helm.ts';
import { moveNamespace } from './namespace.ts';
import { parseSource } from './parse.ts';
import { ParsedSources } from './parsed-sources.ts';
import { isTarget, patchObjects } from './patch.ts';
import { RecentCache } from './recent-cache.ts';
import type { SourceContent, SourceLoader } from './sources.ts';

/** Rendered charts and parsed manifests cached in memory: one for each source, namespace, version and set of values. */
const MAXIMUM_CACHED_SOURCES = 64;
const MAXIMUM_CACHED_ARCHIVES = 16;

export interface RendererOptions {
  readonly sources: SourceLoader;
  readonly helm: HelmLocator;
  /** Where parsed manifests are cached across restarts; without it they are cached in memory only. */
  readonly parsedDirectory?: string;
  /** Where helm has its temporary files. Default: that of the system. */
  readonly temporaryDirectory?: string;
}

export interface RenderRequest {
  readonly definition: ComponentDefinition;
  readonly choice: ComponentChoice;
  readonly facts: Facts;
  /** Such as `1.34.2`. */
  readonly kubernetesVersion: string;
}

/**
 * Component and facts about a cluster -> objects. Sources are loaded and parsed or rendered once and shared
 * between clusters: objects that no patch touches are the same instances for every cluster and must not be mutated.
 * Files are read once too: a changed file takes effect at the next start, as a changed catalogue does.
 */
export class Renderer {
  readonly #sources: SourceLoader;
  readonly #helm: Helm;
  readonly #parsed: ParsedSources | undefined;
  readonly #objects = new RecentCache<readonly KubeObject[]>(MAXIMUM_CACHED_SOURCES);
  readonly #archives = new RecentCache<SourceContent>(MAXIMUM_CACHED_ARCHIVES);
  /** Shared work outlives the caller that started it. */
  readonly #lifetime = new AbortController();

  constructor({ sources, helm, parsedDirectory, temporaryDirectory = tmpdir() }: RendererOptions) {
    this.#sources = sources;
    this.#parsed = parsedDirectory === undefined ? undefined : new ParsedSources(parsedDirectory);
    this.#helm = new Helm(helm, temporaryDirectory);
  }

  /** Stops running renderings. */
  close(): void {
    this.#lifetime.abort();
  }

  /**
   * Parses the manifests of these components that are on this machine, so that the first cluster need not wait for it.
   * Nothing is downloaded and nothing fails: who renders a component is told.
   */
  async prepare(definitions: readonly ComponentDefinition[]): Promise<void> {
    for (const definition of definitions) {
      for (const source of definition.sources) {
        if (isChart(source) || !(await this.#sources.isHere(source.manifest, source.sha256))) continue;
        await this.#manifest(source, definition, definition.namespace).catch(() => {});
      }
    }
  }

  /**
   * @throws NautesError `SourceUnavailable`, `SourceDigestMismatch`, `SourceInvalid`, `SourceLockDamaged`, `HelmMissing`,
   *   `HelmFailed`, `ChartNotReproducible`, `PatchUnmatched`, `FactUnknown`, `FactInvalid`
   */
  async render(request: RenderRequest, signal: AbortSignal): Promise<readonly KubeObject[]> {
    const { definition, choice } = request;
    const facts = componentFacts(request.facts, choice, definition);
    const parts: KubeObject[] = [];
    for (const source of definition.sources) {
      const objects = isChart(source)
        ? this.#chart(source, request, facts)
        : this.#manifest(source, definition, choice.namespace);
      parts.push(...(await untilAborted(objects, signal)));
    }
    parts.push(...ownObjects(definition, choice.namespace, facts));
    const omit = definition.omit ?? [];
    const wanted = parts.filter((object) => !omit.some((target) => isTarget(object, target)));
    const patches = (definition.patches ?? [])
      .filter(({ when }) => when === undefined || isSet(when, facts))
      .map((patch) => filledPatch(patch, facts, definition.name));
    return patchObjects(wanted, patches, definition.name);
  }

  #manifest(
    source: ManifestSource,
    { name: component, namespace: written }: ComponentDefinition,
    namespace: string,
  ): Promise<readonly KubeObject[]> {
    const { manifest: location, sha256: promised } = source;
    const { signal } = this.#lifetime;
    return this.#objects.get(canonicalJson(['manifest', location, promised ?? '', written, namespace]), async () => {
      const { content, digest } = await this.#sources.load({ location, sha256: promised, component }, signal);
      const parse = () => parseSource(content.toString(), component, signal);
      const parsed = await (this.#parsed === undefined ? parse() : this.#parsed.objects(digest, parse));
      const objects = withDefaultNamespace(withoutHooks(parsed), written);
      return objects.map((object) => moveNamespace(object, written, namespace));
    });
  }

  async #chart(chart: ChartSource, request: RenderRequest, facts: Facts): Promise<readonly KubeObject[]> {
    const { name: component, category, namespace: written } = request.definition;
    // Every virtual cluster has its own namespace on its host: one rendering is moved to each of them.
    const namespace = category === VIRTUAL_CLUSTER_CATEGORY ? written : request.choice.namespace;
    const { signal } = this.#lifetime;
    const { repository, chart: name, version, sha256: promised } = chart;
    const archive = await this.#archives.get(canonicalJson([repository, name, version, promised ?? '']), () =>
      loadChart(chart, component, this.#sources, signal),
    );
    const rendering = {
      release: chart.release,
      values: fillIn(chart.values ?? {}, facts, component),
      namespace,
      kubernetesVersion: request.kubernetesVersion,
      apiVersions: chart.apiVersions ?? [],
    };
    const helm = await this.#helm.version(component, signal);
    const key = sha256(canonicalJson(['chart', archive.digest, helm, rendering]));
    const objects = await this.#objects.get(key, async () => {
      const text = await this.#helm.template(archive.content, rendering, component, signal);
      return withDefaultNamespace(withoutHooks(await parseSource(text, component, signal)), namespace);
    });
    return objects.map((object) => moveNamespace(object, namespace, request.choice.namespace));
  }
}

function withoutHooks(objects: readonly KubeObject[]): KubeObject[] {
  return objects.filter((object) => !isDroppedHook(object.metadata.annotations));
}

/** The objects that the catalogue itself adds. */
function ownObjects(definition: ComponentDefinition, namespace: string, facts: Facts): readonly KubeObject[] {
  const { name: component, objects = [] } = definition;
  if (objects.length === 0) return [];
  const items = objects.map((object) => fillIn(object, facts, component));
  try {
    return withDefaultNamespace(parseManifest(JSON.stringify({ apiVersion: 'v1', kind: 'List', items })), namespace);
  } catch (error) {
    const problem = message('SourceInvalid.ownObjects', { problem: saidBy(error) });
    throw new NautesError('SourceInvalid', { component, problem }, { cause: error });
  }
}

function filledPatch(patch: ComponentPatch, facts: Facts, component: string): ComponentPatch {
  const { target, set = [], append = [], documents = [] } = patch;
  const merge = fillIn(patch.merge, facts, component);
  return {
    target,
    ...(isRecord(merge) ? { merge } : {}),
    set: set.map((field) => ({ ...field, value: fillIn(field.value, facts, component) })),
    append: append.map(({ path, values }) => ({ path, values: fillItems(values, facts, component) })),
    documents: documents.map(({ path, merge: change }) => {
      const filled = fillIn(change, facts, component);
      return { path, merge: isRecord(filled) ? filled : {} };
    }),
  };
}
