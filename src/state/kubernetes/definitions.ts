import { sleep } from '../../base/async/timing.ts';
import { NautesError } from '../../errors/errors.ts';
import { isNotFound, KubeApiError, type KubeClient } from '../../kube/index.ts';
import { listAt, textAt, valueAt } from '../../kube-objects/kube-object.ts';
import { describeRight, missingRights, type NeededRight, rightsTo } from '../../management/index.ts';
import { clusterStateType, configMapType } from './cluster-state.ts';

/**
 * The version of the definition that this program needs. It stands in the description of the schema, which everybody who
 * may use an API can read; the definitions themselves need a right of their own.
 */
export const DEFINITION_VERSION = 1;

/** How long the schema of a definition is waited for. */
const PUBLICATION_MILLISECONDS = 5_000;
const PUBLICATION_PAUSE_MILLISECONDS = 200;

const VERBS = ['get', 'list', 'watch', 'create', 'update', 'delete'] as const;

/** What the stores do with their objects. */
export function stateRights(namespace: string): readonly NeededRight[] {
  return [clusterStateType, configMapType].flatMap((type) => rightsTo(type, VERBS, namespace));
}

/**
 * Whether the definitions are there in the version that is needed, and the rights to use them.
 * @throws NautesError `DefinitionMissing`, `DefinitionOutdated`, `ManagementRightMissing`
 */
export async function checkDefinitions(client: KubeClient, namespace: string, signal: AbortSignal): Promise<void> {
  const { apiVersion, kind, plural } = clusterStateType;
  const definition = `${plural}.${apiVersion.split('/')[0] ?? ''}`;
  const served = await ifServed(client, `/apis/${apiVersion}`, signal);
  if (!listAt(served, 'resources').some((resource) => textAt(resource, 'kind') === kind)) {
    throw new NautesError('DefinitionMissing', { definition });
  }
  const found = await publishedVersion(client, signal);
  if (found < DEFINITION_VERSION) {
    throw new NautesError('DefinitionOutdated', { definition, found, needed: DEFINITION_VERSION });
  }
  const missing = await missingRights(client, stateRights(namespace), signal);
  if (missing.length > 0) throw new NautesError('ManagementRightMissing', { rights: missing.map(describeRight) });
}

/** What the path answers, `undefined` when it is not served. */
async function ifServed(client: KubeClient, path: string, signal: AbortSignal): Promise<unknown> {
  try {
    return await client.json({ method: 'GET', path }, signal);
  } catch (error) {
    if (isNotFound(error) || (error instanceof KubeApiError && error.isNotServed)) return undefined;
    throw error;
  }
}

/** An API server publishes the schema of a new or changed definition a moment after it serves the kind. */
async function publishedVersion(client: KubeClient, signal: AbortSignal): Promise<number> {
  const end = performance.now() + PUBLICATION_MILLISECONDS;
  for (;;) {
    const found = await definitionVersion(client, signal);
    if (found >= DEFINITION_VERSION || performance.now() >= end) return found;
    await sleep(PUBLICATION_PAUSE_MILLISECONDS, signal);
  }
}

async function definitionVersion(client: KubeClient, signal: AbortSignal): Promise<number> {
  const { apiVersion, kind } = clusterStateType;
  const document = await ifServed(client, `/openapi/v3/apis/${apiVersion}`, signal);
  const schemas = valueAt(document, 'components', 'schemas');
  const own = Object.entries(schemas ?? {}).find(([name]) => name.endsWith(`.${kind}`))?.[1];
  const [, version] = /definition version (\d+)/.exec(textAt(own, 'description')) ?? [];
  return Number(version ?? 0);
}
