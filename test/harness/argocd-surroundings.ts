import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from '../../src/base/programs/process.ts';
import { stringifyYaml } from '../../src/base/yaml.ts';
import type { StatusView } from '../../src/contract/views.ts';
import type { KubeObject } from '../../src/kube-objects/kube-object.ts';
import { Connections, grantPublishing, makeNamespace } from '../../src/publish/testing/places.ts';
import { ARGO_CD_NAMESPACE, ARGO_CD_NOT_BUILT, ArgoCd, argoCdFiles } from '../../tools/argocd/argocd.ts';
import { startControlPlane } from '../../tools/controlplane/control-plane.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../../tools/controlplane/temporary-directory.ts';
import { Administrator } from './administrator.ts';
import { adminRequest } from './sandbox-source.ts';
import { waitUntil } from './wait-until.ts';

const API = 'argoproj.io/v1alpha1';
const REFRESH = 'argocd.argoproj.io/refresh';
const BRANCH = 'main';

/** Why there is no Argo CD, or `undefined` when there is. */
export async function argoCdUnavailable(): Promise<string | undefined> {
  if (process.env['NAUTES_TEST_REAL'] === 'skip') return 'left to make test-real';
  return (await argoCdFiles()) === undefined ? ARGO_CD_NOT_BUILT : undefined;
}

/** Whether the cluster has its Secret of Argo CD. */
export function isPublishedToArgoCd(status: StatusView | undefined): boolean {
  return status?.published?.some(({ name, reason }) => name === 'argocd' && reason === 'Published') === true;
}

export function namespace(name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

/** Labels of a cluster that an ApplicationSet selects by. */
export interface SelectedClusters {
  readonly matchLabels: Readonly<Record<string, string>>;
}

/** What an Application says of itself. */
export interface ApplicationStatus {
  readonly sync?: { readonly status?: string; readonly revision?: string };
  readonly health?: { readonly status?: string };
}

/**
 * A management cluster (etcd and an API server) in which a real Argo CD runs, a Git repository that it deploys from, and a
 * kubeconfig for a Nautes with the rights of `deploy/publishing/argocd.yaml` and no others.
 */
export class ArgoCdSurroundings implements AsyncDisposable {
  readonly argoCd: ArgoCd;
  readonly admin: Administrator;
  /** Of the account of Nautes. */
  readonly kubeconfigFile: string;
  readonly repository: GitRepository;
  readonly #resources: AsyncDisposableStack;

  private constructor(
    resources: AsyncDisposableStack,
    parts: Pick<ArgoCdSurroundings, 'argoCd' | 'admin' | 'kubeconfigFile' | 'repository'>,
  ) {
    this.#resources = resources;
    this.argoCd = parts.argoCd;
    this.admin = parts.admin;
    this.kubeconfigFile = parts.kubeconfigFile;
    this.repository = parts.repository;
  }

  static async start(): Promise<ArgoCdSurroundings> {
    await using starting = new AsyncDisposableStack();
    const directory = starting.use(await temporaryDirectory('nautes-argocd-test-'));
    const repository = await GitRepository.create(directory);
    const plane = starting.use(await startControlPlane({ controllerManager: false, scheduler: false, kwok: false }));
    const argoCd = starting.use(await ArgoCd.start(plane));
    const cluster = { server: plane.server, kubeconfig: plane.adminKubeconfig };
    const kubeconfigFile = join(directory.path, 'nautes-kubeconfig');
    const connections = await Connections.open();
    try {
      const connection = await connections.to(cluster.kubeconfig);
      await makeNamespace(connection, 'nautes');
      await writeFile(kubeconfigFile, await grantPublishing(connection, cluster), { mode: 0o600 });
    } finally {
      await connections.close();
    }
    const admin = new Administrator({ request: adminRequest(cluster.server, cluster.kubeconfig) });
    return new ArgoCdSurroundings(starting.move(), { argoCd, admin, kubeconfigFile, repository });
  }

  /** Deploys a folder of the repository to a cluster, as a person would who knows its name. */
  async createApplication(name: string, cluster: string): Promise<void> {
    await this.admin.create(argoPath('applications'), {
      apiVersion: API,
      kind: 'Application',
      metadata: {
        name,
        namespace: ARGO_CD_NAMESPACE,
        finalizers: ['resources-finalizer.argocd.argoproj.io'], // its objects go with it
      },
      spec: this.#deployment(name, cluster),
    });
  }

  /** Deploys a folder of the repository to all clusters that have the labels. */
  async createApplicationSet(name: string, selector: SelectedClusters): Promise<void> {
    await this.admin.create(argoPath('applicationsets'), {
      apiVersion: API,
      kind: 'ApplicationSet',
      metadata: { name, namespace: ARGO_CD_NAMESPACE },
      spec: {
        goTemplate: true,
        generators: [{ clusters: { selector } }],
        template: { metadata: { name: `{{.name}}-${name}` }, spec: this.#deployment(name, '{{.name}}') },
      },
    });
  }

  findApplication(name: string): Promise<KubeObject | undefined> {
    return this.admin.find(argoPath('applications', name));
  }

  async deleteApplication(name: string): Promise<void> {
    await this.admin.delete(argoPath('applications', name));
    await this.#explained(name, this.admin.waitUntilGone(argoPath('applications', name)));
  }

  /** Waits until the Application has brought the commit to its cluster, where everything is well. */
  async waitUntilSynced(name: string, commit: string): Promise<void> {
    let seen: ApplicationStatus = {};
    const isSynced = async (): Promise<boolean> => {
      const found = await this.findApplication(name);
      seen = found?.['status'] ?? {};
      return seen.sync?.status === 'Synced' && seen.sync.revision === commit && seen.health?.status === 'Healthy';
    };
    await this.#explained(name, waitUntil(`${name} synced at ${commit}`, isSynced));
  }

  /** What was waited for; with the Application as it is and the logs of Argo CD when that was in vain. */
  async #explained(name: string, waiting: Promise<unknown>): Promise<void> {
    try {
      await waiting;
    } catch (error) {
      const found = await this.findApplication(name);
      const logs = await this.argoCd.logTails();
      throw new Error(`${name} is ${JSON.stringify(found)}\n${logs}`, { cause: error });
    }
  }

  /** Has Argo CD compare now, not at the next round. */
  async refresh(name: string): Promise<void> {
    await this.admin.patch(argoPath('applications', name), { metadata: { annotations: { [REFRESH]: 'normal' } } });
  }

  /** The cluster Secret of a cluster. */
  findSecret(cluster: string): Promise<KubeObject | undefined> {
    return this.admin.find(`/api/v1/namespaces/${ARGO_CD_NAMESPACE}/secrets/nautes-cluster-${cluster}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }

  #deployment(folder: string, cluster: string): Readonly<Record<string, unknown>> {
    return {
      project: 'default',
      source: { repoURL: this.repository.url, targetRevision: BRANCH, path: folder },
      destination: { name: cluster, namespace: folder },
      // Argo CD deletes no Application while it retries a sync, which by default takes minutes on a cluster that is away.
      syncPolicy: { automated: { prune: true, selfHeal: true }, retry: RETRY },
    };
  }
}

const RETRY = { limit: 1, backoff: { duration: '1s', factor: 1, maxDuration: '1s' } };

function argoPath(plural: string, name?: string): string {
  const collection = `/apis/${API}/namespaces/${ARGO_CD_NAMESPACE}/${plural}`;
  return name === undefined ? collection : `${collection}/${name}`;
}

/** A repository on this machine that is read by its path. */
export class GitRepository {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async create(parent: TemporaryDirectory): Promise<GitRepository> {
    const repository = new GitRepository(join(parent.path, 'repository'));
    await mkdir(repository.#directory);
    await repository.#git('init', '--quiet', `--initial-branch=${BRANCH}`);
    return repository;
  }

  get url(): string {
    return `file://${this.#directory}`;
  }

  /** Writes the objects as files `<folder>/<kind>-<name>.yaml` and commits them. @returns the commit */
  async commit(folder: string, objects: readonly KubeObject[]): Promise<string> {
    for (const object of objects) {
      const file = join(this.#directory, folder, `${object.kind}-${object.metadata.name}.yaml`.toLowerCase());
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, stringifyYaml(object));
    }
    await this.#git('add', '--all');
    await this.#git('-c', 'user.name=test', '-c', 'user.email=test@example.org', 'commit', '--quiet', '-m', folder);
    return (await this.#git('rev-parse', 'HEAD')).trim();
  }

  async #git(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await run('git', ['-C', this.#directory, ...args]);
    if (code !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
    return stdout.toString();
  }
}
