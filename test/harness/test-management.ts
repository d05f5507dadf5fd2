import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SandboxCluster } from '../../sandbox/index.ts';
import type { Clock } from '../../src/base/clock.ts';
import type { KubeObject } from '../../src/kube-objects/kube-object.ts';
import { type ManagementCluster, openKubeconfigCluster } from '../../src/management/index.ts';
import { ArgoCdPublication, placeOf, type Publishing } from '../../src/publish/index.ts';
import { application, grantPublishing, patience, prepareArgoCd } from '../../src/publish/testing/places.ts';

export interface PublishingChanges {
  readonly when?: Publishing['when'];
  /** Namespace of Argo CD. */
  readonly namespace?: string;
  readonly tokenSeconds?: number;
  /** False: publishing to Argo CD is switched off. */
  readonly isSelected?: boolean;
  /** Management clusters of before. */
  readonly former?: readonly ManagementCluster[];
  /** The address by which the management cluster is known; by default its own. */
  readonly address?: string;
}

/** A simulated cluster as the management cluster: with what an Argo CD brings, and our account with the shipped rights. */
export class TestManagement {
  readonly cluster: SandboxCluster;
  readonly access: ManagementCluster;
  readonly #admin: ManagementCluster;
  readonly #directory: string;

  static async of(cluster: SandboxCluster): Promise<TestManagement> {
    const directory = await mkdtemp(join(tmpdir(), 'nautes-management-'));
    const open = async (name: string, kubeconfig: string): Promise<ManagementCluster> => {
      const file = join(directory, name);
      await writeFile(file, kubeconfig, { mode: 0o600 });
      return openKubeconfigCluster(file, 'nautes');
    };
    const admin = await open('admin', cluster.kubeconfig());
    const connection = await admin.connection(patience());
    await prepareArgoCd(connection);
    const kubeconfig = await grantPublishing(connection, {
      server: cluster.server,
      kubeconfig: cluster.kubeconfig(),
    });
    return new TestManagement(cluster, { admin, access: await open('nautes', kubeconfig), directory });
  }

  private constructor(
    cluster: SandboxCluster,
    opened: { readonly admin: ManagementCluster; readonly access: ManagementCluster; readonly directory: string },
  ) {
    this.cluster = cluster;
    this.access = opened.access;
    this.#admin = opened.admin;
    this.#directory = opened.directory;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.access.close();
    this.#admin.close();
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** A kubeconfig with our account there. */
  get kubeconfigFile(): string {
    return join(this.#directory, 'nautes');
  }

  get place(): string {
    return placeOf(this.access);
  }

  publishing(changes: PublishingChanges = {}): (clock: Clock) => Publishing {
    const { when = 'Ready', namespace = 'argocd', tokenSeconds = 7_776_000, isSelected = true, former = [] } = changes;
    const describe =
      changes.address === undefined ? this.access.describe : `${changes.address} (management.kubeconfig)`;
    const management = { ...this.access, describe };
    return (clock) => {
      const publication = new ArgoCdPublication({ namespace, tokenSeconds, now: () => clock.now() });
      const places = [management, ...former];
      return {
        when,
        management,
        selected: isSelected ? [publication] : [],
        known: [publication],
        at: (place) => places.find((one) => placeOf(one) === place),
      };
    };
  }

  /** The cluster Secret of that cluster, with its data as text. */
  secret(cluster: string, namespace = 'argocd'): PublishedSecret | undefined {
    const found = this.cluster.get('v1', 'Secret', namespace, `nautes-cluster-${cluster}`) as KubeObject | undefined;
    if (found === undefined) return undefined;
    const data = found['data'] as Readonly<Record<string, string>>;
    const text = (key: string): string => Buffer.from(data[key] ?? '', 'base64').toString();
    const config = JSON.parse(text('config')) as { readonly bearerToken: string };
    return { metadata: found.metadata, server: text('server'), token: config.bearerToken };
  }

  /** An Application that is deployed to the cluster of that name. */
  async makeApplication(name: string, destination: string, more: Partial<KubeObject['metadata']> = {}): Promise<void> {
    const object: KubeObject = {
      apiVersion: application.apiVersion,
      kind: application.kind,
      metadata: { name, namespace: 'argocd', ...more },
      spec: { destination: { name: destination } },
    };
    await (await this.#admin.client(patience())).create(application, object, {}, patience());
  }
}

export interface PublishedSecret {
  readonly metadata: KubeObject['metadata'];
  readonly server: string;
  readonly token: string;
}
