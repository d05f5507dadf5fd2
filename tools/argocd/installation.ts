import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ControlPlane } from '../controlplane/control-plane.ts';
import { waitUntil } from '../controlplane/startup.ts';
import type { ArgoCdFiles } from './binary.ts';

export const ARGO_CD_NAMESPACE = 'argocd';

/** Argo CD does not see a ConfigMap or Secret of its own without this label. */
const PART_OF = { 'app.kubernetes.io/part-of': 'argocd' };
/** The types that must be served before the controllers look for them. */
const SERVED = ['applications', 'applicationsets', 'appprojects'];
const GROUP = 'argoproj.io/v1alpha1';

interface CreatedObject {
  readonly path: string;
  readonly body: unknown;
}

/** Creates what Argo CD needs before its start; what exists already stays. */
export async function installArgoCd(cluster: ControlPlane, files: ArgoCdFiles, signal?: AbortSignal): Promise<void> {
  const definitions = JSON.parse(await readFile(files.definitions, 'utf8')) as readonly unknown[];
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  await Promise.all(definitions.map((body) => create(cluster, { path, body })));
  await create(cluster, { path: '/api/v1/namespaces', body: named('Namespace', 'v1', ARGO_CD_NAMESPACE) });
  const isServed = async (): Promise<boolean> => {
    const { status, text } = await cluster.request('GET', `/apis/${GROUP}`);
    const { resources = [] } = (status === 200 ? JSON.parse(text) : {}) as ResourceList;
    return SERVED.every((name) => resources.some((resource) => resource.name === name));
  };
  await waitUntil('the types of Argo CD to be served', isServed, { signal, processes: [] });
  for (const object of settings()) await create(cluster, object);
}

interface ResourceList {
  readonly resources?: readonly { readonly name: string }[];
}

function settings(): CreatedObject[] {
  const core = `/api/v1/namespaces/${ARGO_CD_NAMESPACE}`;
  return [
    { path: `${core}/configmaps`, body: named('ConfigMap', 'v1', 'argocd-cm', PART_OF) },
    { path: `${core}/secrets`, body: argoCdSecret() },
    { path: `/apis/${GROUP}/namespaces/${ARGO_CD_NAMESPACE}/appprojects`, body: defaultProject() },
  ];
}

/** Webhooks of the ApplicationSet controller are not served without the key, which Argo CD's server makes otherwise. */
function argoCdSecret(): unknown {
  const key = randomBytes(32).toString('base64');
  return { ...named('Secret', 'v1', 'argocd-secret', PART_OF), stringData: { 'server.secretkey': key } };
}

/** Otherwise Argo CD's server makes it, which need not run. */
function defaultProject(): unknown {
  const everything = [{ group: '*', kind: '*' }];
  return {
    ...named('AppProject', GROUP, 'default'),
    spec: {
      sourceRepos: ['*'],
      destinations: [{ namespace: '*', server: '*' }],
      clusterResourceWhitelist: everything,
    },
  };
}

function named(kind: string, apiVersion: string, name: string, labels: Record<string, string> = {}): object {
  return { apiVersion, kind, metadata: { name, labels } };
}

async function create(cluster: ControlPlane, { path, body }: CreatedObject): Promise<void> {
  const { status, text } = await cluster.request('POST', path, body);
  const isThere = status === 201 || status === 409;
  if (!isThere) throw new Error(`${path} was not created: ${status} ${text}`);
}
