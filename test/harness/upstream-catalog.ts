import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringifyYaml } from '../../src/base/yaml.ts';
import { loadCatalog } from '../../src/catalog/load-catalog.ts';

const MANIFESTS = join(import.meta.dirname, '../../../shared/upstream/manifests');

export interface UpstreamCatalog {
  /** Catalogue file whose components come from the published manifests. */
  readonly file: string;
  /** Names of these components; the others are not published there. */
  readonly components: readonly string[];
  readonly unavailable: string | undefined;
  remove(): Promise<void>;
}

/** The published manifests that the default components are taken from. */
export const publishedSources: Readonly<Record<string, readonly string[]>> = {
  traefik: ['traefik-chart-41.3.0.yaml'],
  argocd: ['argo-cd-v3.5.1.yaml'],
  'argo-rollouts': ['argo-rollouts-v1.9.1.yaml'],
  'external-secrets': ['external-secrets-v2.9.0-crds.yaml', 'external-secrets-v2.9.0.yaml'],
  vault: ['vault-injector-chart-0.34.1.yaml'],
  hnc: ['hnc-v1.1.0-nowebhooks.yaml'], // pods without processes answer no webhook
};

/** The chart was rendered as release `vc1` in the namespace `vc1`: the catalogue's patches are about these names then. */
async function publishedVcluster(): Promise<Record<string, unknown>> {
  const { name, patches = [] } = (await loadCatalog()).component('vcluster') ?? {};
  const renamed = patches.map(({ target, ...patch }) => ({
    ...patch,
    target: { ...target, name: target.name?.replace('vcluster', 'vc1') },
  }));
  const manifest = join(MANIFESTS, 'vcluster-chart-0.36.1.yaml');
  return { name, namespace: 'vc1', sources: [{ manifest }], patches: renamed };
}

/** Path of a published manifest beside the checkout. */
export function publishedManifest(name: string): string {
  return join(MANIFESTS, name);
}

/** Why there are no published manifests, or `undefined` when there are. */
export async function publishedManifestsProblem(): Promise<string | undefined> {
  return await access(MANIFESTS).then(
    () => undefined,
    () => 'the published manifests are not there (../shared/upstream/manifests)',
  );
}

/**
 * A catalogue that takes every component from the published manifests beside the checkout.
 * @param vcluster the published one is of a fixed release and namespace, so that a host can carry one of it
 */
export async function upstreamCatalog(
  vcluster: () => Promise<Record<string, unknown>> = publishedVcluster,
): Promise<UpstreamCatalog> {
  const directory = await mkdtemp(join(tmpdir(), 'nautes-catalog-'));
  const file = join(directory, 'catalog.yaml');
  const components: Record<string, unknown>[] = Object.entries(publishedSources).map(([name, files]) => ({
    name,
    sources: files.map((manifest) => ({ manifest: publishedManifest(manifest) })),
  }));
  components.push(await vcluster());
  await writeFile(file, stringifyYaml({ components }));
  return {
    file,
    components: components.map(({ name }) => String(name)),
    unavailable: await publishedManifestsProblem(),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
