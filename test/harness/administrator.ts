import assert from 'node:assert/strict';
import type { KubeObject } from '../../src/kube-objects/kube-object.ts';
import type { TargetCluster } from './target-cluster.ts';
import { waitUntil } from './wait-until.ts';

/** Paths are those of the API, such as `/api/v1/namespaces/default/configmaps/one`. */
const MERGE_PATCH = 'application/merge-patch+json';

/** What people and other controllers do with a cluster past Nautes. */
export class Administrator {
  readonly #cluster: Pick<TargetCluster, 'request'>;

  constructor(cluster: Pick<TargetCluster, 'request'>) {
    this.#cluster = cluster;
  }

  async find(path: string): Promise<KubeObject | undefined> {
    const { status, body } = await this.#cluster.request('GET', path);
    if (status === 404) return undefined;
    assert.equal(status, 200, JSON.stringify(body));
    return body as KubeObject;
  }

  /** Names of what Nautes has in the collection. */
  async namesOfOurs(path: string): Promise<readonly string[]> {
    const found = await this.find(`${path}?labelSelector=app.kubernetes.io%2Fmanaged-by%3Dnautes`);
    const items = (found as { readonly items?: readonly KubeObject[] } | undefined)?.items ?? [];
    return items.map(({ metadata }) => metadata.name);
  }

  async get(path: string): Promise<KubeObject> {
    const found = await this.find(path);
    assert.ok(found, `there is no ${path}`);
    return found;
  }

  /** @param path of the collection */
  async create(path: string, object: KubeObject, manager = 'kubectl-create'): Promise<void> {
    // A new kind, or the account of a new namespace, may take a moment.
    await waitUntil(`${path} takes ${object.metadata.name}`, async () => {
      const { status, body } = await this.#cluster.request('POST', `${path}?fieldManager=${manager}`, object);
      assert.ok([201, 403, 404, 409, 429].includes(status), JSON.stringify(body));
      return status === 201 || status === 409;
    });
  }

  async patch(path: string, change: unknown, manager = 'kubectl-edit'): Promise<KubeObject> {
    const { status, body } = await this.#cluster.request(
      'PATCH',
      `${path}?fieldManager=${manager}`,
      change,
      MERGE_PATCH,
    );
    assert.equal(status, 200, JSON.stringify(body));
    return body as KubeObject;
  }

  /** Whether the cluster refuses to create the object; nothing is created either way. */
  async isRefused(path: string, object: KubeObject): Promise<boolean> {
    return (await this.#cluster.request('POST', `${path}?dryRun=All`, object)).status >= 400;
  }

  /** Server-side apply without regard for other managers. */
  async apply(path: string, object: KubeObject, manager: string): Promise<void> {
    const query = `?fieldManager=${manager}&force=true`;
    const { status, body } = await this.#cluster.request('PATCH', path + query, object, 'application/apply-patch+yaml');
    assert.ok(status === 200 || status === 201, JSON.stringify(body));
  }

  /** Asks for the deletion of what may or may not be there. */
  async delete(path: string): Promise<void> {
    const { status, body } = await this.#cluster.request('DELETE', `${path}?propagationPolicy=Background`);
    assert.ok([200, 202, 404, 409].includes(status), JSON.stringify(body));
  }

  async removeFinalizers(path: string): Promise<void> {
    if ((await this.find(path)) !== undefined) await this.patch(path, { metadata: { finalizers: null } });
  }

  async waitUntilGone(path: string): Promise<void> {
    await waitUntil(`${path} is gone`, async () => (await this.find(path)) === undefined);
  }
}
