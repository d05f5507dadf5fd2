import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { kubeconfigYaml } from '../../src/kube/index.ts';
import type { StoredCredential } from '../../src/resources/credential.ts';
import { isPlatformSupported, Kubectl } from '../../tools/kubectl/kubectl.ts';
import { configMap } from '../../src/kube/testing/fixture.contract.ts';
import { Administrator } from '../harness/administrator.ts';
import { ConfigClone } from '../harness/config-clone.ts';
import { readStoredCredential } from '../harness/stored-credential.ts';
import type { TargetClusterSource } from '../harness/target-cluster.ts';
import { TestBed } from '../harness/test-bed.ts';
import type { TestComponent } from '../harness/test-catalog.ts';
import { PATIENCE_MILLISECONDS, waitUntil } from '../harness/wait-until.ts';

/** The longest life that the cluster gives a token; asked for are 30 days. */
export const TOKEN_SECONDS = 3_600;
/** In so many runs of the controllers what must not happen would have happened. */
const RUNS = 3;
const TOKEN_SECRETS = '/api/v1/namespaces/nautes-system/secrets';

const tool: TestComponent = { name: 'tool', category: 'deployment', manifest: [configMap('tool', 'settings')] };

/** Our own credential on a cluster from its issue to its end. */
export function describeRotation(create: () => Promise<TargetClusterSource>, clusters: string): void {
  describe(`credentials on ${clusters}`, async () => {
    const source = await create();
    const skip = source.unavailable ?? (isPlatformSupported() ? false : 'kubectl is brought for Linux on x64 only');
    let bed: TestBed;
    let admin: Administrator;
    let first: StoredCredential;
    let second: StoredCredential;

    before(async () => {
      if (skip !== false) return;
      bed = await TestBed.open(source, { components: [tool] });
      admin = new Administrator(bed.target);
    });
    after(async () => {
      await bed?.[Symbol.asyncDispose]();
      await source.close();
    });

    async function storedCredential(): Promise<StoredCredential> {
      const { incarnation } = (await bed.client.status(bed.name)) ?? { incarnation: '' };
      await bed.server.stop();
      const stored = await readStoredCredential(bed.server.dataDirectory, { cluster: bed.name, incarnation });
      await bed.server.start();
      return stored;
    }

    it('a token of our own that ends when the cluster wants takes the place of the upload', { skip }, async () => {
      const { credential } = await bed.register();
      first = await storedCredential();
      assert.equal(first.origin, 'issued');
      assert.equal(first.expiresAt, credential.expiresAt);
      const expiresAt = Date.parse(credential.expiresAt);
      const issuedAt = Date.parse(credential.rotatedAt);
      assert.ok(Math.abs(expiresAt - issuedAt - TOKEN_SECONDS * 1000) < 5_000, `${issuedAt} to ${expiresAt}`);
      assert.equal(expiryOf(first), Math.floor(expiresAt / 1000), 'what the token itself says');
    });

    it('kubectl works with the kubeconfig made of what is stored', { skip }, async () => {
      await using kubectl = await Kubectl.open(kubeconfigYaml(first).reveal());
      assert.match(await kubectl.output(['auth', 'whoami']), /system:serviceaccount:nautes-system:nautes/);
      assert.equal((await kubectl.output(['auth', 'can-i', '*', '*'])).trim(), 'yes');
      assert.match(await kubectl.output(['get', 'configmap', 'settings', '--namespace', 'tool']), /settings/);
    });

    it('a rotation that a commit asks for changes the token while the cluster stays Ready', { skip }, async () => {
      const earlier = await bed.ready();
      const refused = await bed.target.refusedRequests();
      const events = await bed.client.events(bed.name);
      await using clone = await ConfigClone.of(join(bed.server.dataDirectory, 'config-repo.git'));
      await clone.edit(bed.name, (content) =>
        content.replace('annotations:\n', 'annotations:\n    cluster.nautes.io/rotation-request: by-hand\n'),
      );
      await clone.push('Ask for a new credential');
      await bed.client.waitFor(
        bed.name,
        (status) => {
          assert.notEqual(status?.phase, 'Degraded');
          return status?.phase === 'Ready' && status.credential.rotatedAt !== earlier.credential.rotatedAt;
        },
        'a new credential',
        PATIENCE_MILLISECONDS,
      );
      const news = (await bed.client.events(bed.name)).filter(({ id }) => !events.some((event) => event.id === id));
      assert.deepEqual(
        news.filter(({ type }) => type === 'Warning'),
        [],
      );
      assert.equal(news.filter(({ reason }) => reason === 'CredentialRotated').length, 1);
      await bed.client.waitForRuns(RUNS);
      assert.equal(await bed.target.refusedRequests(), refused, 'no request has failed');
      second = await storedCredential();
      assert.notEqual(second.boundSecret, first.boundSecret);
    });

    it('the old token is refused, the new one works, and nothing of the old is left', { skip }, async () => {
      assert.equal(await isRevoked(first), true);
      await using kubectl = await Kubectl.open(kubeconfigYaml(second).reveal());
      assert.match(await kubectl.output(['get', 'namespaces']), /nautes-system/);
      const secrets = (await admin.get(TOKEN_SECRETS)) as unknown as { items: { metadata: { name: string } }[] };
      assert.deepEqual(
        secrets.items.map(({ metadata }) => metadata.name),
        [second.boundSecret],
      );
      await bed.ready();
    });

    it('the removal revokes what we had', { skip }, async () => {
      const receipt = await bed.deregister();
      assert.equal(receipt.outcome, 'Complete', JSON.stringify(receipt.remaining));
      assert.equal(await isRevoked(second), true);
      await admin.waitUntilGone('/api/v1/namespaces/nautes-system');
    });
  });
}

/** The time of the token's claim `exp`, in seconds. */
function expiryOf({ material }: StoredCredential): number {
  const revealed = material.reveal();
  assert.ok(revealed.kind === 'token');
  const claims = JSON.parse(Buffer.from(revealed.token.split('.')[1] ?? '', 'base64url').toString()) as { exp: number };
  return claims.exp;
}

/** The cluster refuses the credential, at the latest when its cache has forgotten it. */
async function isRevoked(credential: StoredCredential): Promise<boolean> {
  await using kubectl = await Kubectl.open(kubeconfigYaml(credential).reveal());
  return await waitUntil('the credential is refused', async () => {
    const { code, stderr } = await kubectl.run(['get', '--raw', '/api']);
    return code !== 0 && /Unauthorized|must be logged in/.test(stderr);
  });
}
