import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { SandboxCluster } from '../../sandbox/index.ts';
import { applyAll, k3sTraefik } from '../harness/foreign-objects.ts';
import type { TargetCluster } from '../harness/target-cluster.ts';
import { browserMissing } from './browser.ts';
import { ConsoleBed } from './console-bed.ts';

describe('what the console shows in detail', { skip: browserMissing() }, () => {
  let bed: ConsoleBed;
  /** Has the Traefik of k3s, and an Argo CD that never becomes ready. */
  let edge: TargetCluster;

  before(async () => {
    bed = await ConsoleBed.open(2);
    await bed.register('host', { usage: 'host' });
    edge = await bed.cluster();
    const simulated = simulatedCluster(1);
    applyAll(simulated, k3sTraefik);
    simulated.faults.set([{ kind: 'never-ready', name: 'argocd-server', reason: 'ImagePullBackOff' }]);
    await bed.client.waitForPhase('host', 'Ready');
  });
  after(() => bed?.[Symbol.asyncDispose]());

  const simulatedCluster = (index: number): SandboxCluster => {
    const cluster = bed.sandbox.clusters[index];
    assert.ok(cluster);
    return cluster;
  };

  it('offers free node ports of the host to a virtual cluster, and says why another is taken', async () => {
    const { body } = await bed.client.request('GET', '/api/v1/clusters/host/node-ports?count=5');
    const { free, taken, range } = body as unknown as {
      readonly free: readonly number[];
      readonly taken: readonly { readonly port: number; readonly by: string }[];
      readonly range: { readonly first: number; readonly last: number };
    };
    const [first, second] = free;
    const [other] = taken;
    assert.ok(other, 'the gateway has ports');
    await using visitor = await bed.visit('/console/register');
    const { page } = visitor;
    await page.getByText('Virtual, on a host').click();
    await page.getByLabel('Host cluster').selectOption('host');
    const port = page.getByLabel('Node port of its API server');
    await page.getByText(`The host gives out ${range.first} to ${range.last}.`).waitFor();
    await page.getByRole('button', { name: String(first), pressed: true }).waitFor();
    assert.equal(await port.inputValue(), String(first));
    await port.fill(String(other.port));
    await page.getByText(`Taken: ${other.by}`).waitFor();
    await port.fill('80');
    await page.getByText(`Outside of ${range.first} to ${range.last}.`).waitFor();
    await page.getByRole('button', { name: String(second), exact: true }).click();
    assert.match(await page.getByLabel('Address of its API server').inputValue(), new RegExp(`:${second}$`));
    assert.deepEqual(await visitor.findings(), []);
  });

  it('takes over or leaves out with one click what others have installed, and shows it with since when', async () => {
    await using visitor = await bed.visit('/console/register');
    const { page } = visitor;
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'config', mimeType: 'text/plain', buffer: Buffer.from(edge.kubeconfig) });
    await page.getByRole('textbox', { name: 'Name' }).fill('edge');
    await page.getByRole('button', { name: 'Check' }).click();
    const takeOver = page.getByRole('button', { name: 'Take over what is there' });
    await takeOver.waitFor();
    await page.getByText(/traefik is on the cluster already and is not ours/).waitFor();
    await page.getByText(/what is there stays as it is/).waitFor();
    assert.deepEqual(await visitor.findings(), []);
    await page.getByRole('button', { name: 'Leave out', exact: true }).click();
    await page.getByText('Nothing is in the way.').waitFor();
    await page.getByText('Domain, components and their settings').waitFor();
    await page
      .getByRole('radiogroup', { name: 'What happens to traefik' })
      .getByText('Take over what is there')
      .click();
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByRole('button', { name: 'Register' }).click();
    await page.getByRole('heading', { level: 1, name: 'edge' }).waitFor();
    await page.getByText(/^Taken over: traefik/).waitFor();
    const { body } = await bed.client.request('GET', '/api/v1/clusters/edge/history');
    const [commit] = (body as unknown as { readonly items: readonly { readonly commit: string }[] }).items;
    const panel = page.getByRole('region', { name: 'Components of others' });
    await panel.getByText(commit?.commit.slice(0, 10) ?? '').waitFor();
  });

  it('shows a component across the fleet with the reason where it is not ready, and the objects that are not', async () => {
    await bed.client.waitFor(
      'edge',
      (status) => status?.components.some(({ name, phase }) => name === 'argocd' && phase === 'Degraded') === true,
      'a broken Argo CD',
    );
    await using visitor = await bed.visit('/console/components');
    const { page } = visitor;
    await page.getByRole('link', { name: 'argocd', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'argocd' }).waitFor();
    await page.getByRole('row', { name: /edge .*ImagePullBackOff/ }).waitFor();
    assert.deepEqual(await visitor.findings(), []);
    await page.getByRole('row', { name: /edge/ }).getByRole('link', { name: 'edge' }).click();
    await page.getByRole('link', { name: 'Objects', exact: true }).click();
    await page.getByLabel('Not ready only').check();
    const row = page.getByRole('row', { name: /Deployment argocd\/argocd-server/ });
    await row.getByText('ImagePullBackOff').waitFor();
    await row.getByText('not ready', { exact: true }).waitFor();
    await row.getByRole('button', { name: /Copy the command that shows Deployment/ }).waitFor();
    assert.deepEqual(await visitor.findings(), []);
  });

  it('shows a commit side by side, and brings its state back through a plan', async () => {
    const reply = await bed.client.save('host', { ...(await registered('host')), primary_domain: 'new.example.com' });
    assert.equal(reply.status, 200, JSON.stringify(reply.body));
    await using visitor = await bed.visit('/console/clusters/host/history');
    const { page } = visitor;
    await page.getByText('Show what it changed').last().click();
    await page.getByText('Side by side').click();
    await page.getByLabel('After', { exact: true }).getByText('kind: Cluster').waitFor();
    assert.deepEqual(await visitor.findings(), []);
    await page.getByRole('button', { name: 'Use this state again' }).click();
    await page.getByText(/The form has what commit [0-9a-f]{10} declared/).waitFor();
    await visitor.alter(/clusters\/host\/plan$/, (plan) => ({ ...plan, diff_omitted: 3 }));
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByRole('row', { name: /primary_domain new\.example\.com/ }).waitFor();
    await page.getByText('More fields that differ: 3').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { level: 1, name: 'host' }).waitFor();
    await page.getByRole('link', { name: 'History', exact: true }).click();
    await page.getByText('Show what it changed').nth(2).waitFor();
    assert.notEqual((await registered('host'))['primary_domain'], 'new.example.com');
  });

  it('lists tokens with their last use, revokes one after a question, and shows how one is made', async () => {
    const mallory = await bed.server.client('reader', 'mallory');
    assert.equal((await mallory.request('GET', '/api/v1/clusters')).status, 200);
    await using visitor = await bed.visit('/console/server');
    const { page } = visitor;
    await page.getByRole('link', { name: 'Access tokens' }).click();
    await page.getByRole('row', { name: /mallory .*reader .*Never/ }).waitFor();
    await page.getByRole('textbox', { name: 'Name' }).fill("o'hara");
    await page.getByText(String.raw`nautes token create --name 'o'\''hara' --role reader --expires 30d`).waitFor();
    await page.getByRole('button', { name: 'Revoke mallory' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click();
    await page.getByRole('row', { name: /mallory/ }).waitFor({ state: 'detached' });
    assert.equal((await bed.client.request('GET', '/api/v1/tokens')).status, 200);
    assert.deepEqual(await visitor.findings(), []);
  });

  it('says what is wrong with a part of the server, and which safeguards its machine lacks', async () => {
    await using visitor = await bed.visit('/console');
    await visitor.alter(/api\/v1\/server$/, (server) => ({
      ...server,
      missing_safeguards: ['program_limits', 'end_with_parent'],
      parts: [{ ...server.parts[0], state: 'degraded', reason: 'DISK_LOW', message: 'little room' }],
    }));
    const { page } = visitor;
    await page.goto(`${bed.url}/console/server`);
    await page.getByRole('row', { name: /degraded DISK_LOW little room/ }).waitFor();
    await page.getByText(/^prlimit does not work/).waitFor();
    await page.getByText(/^setpriv does not work/).waitFor();
    assert.deepEqual(await visitor.findings(), []);
  });

  it('shows readers no tokens, with the reason', async () => {
    const { token } = await bed.server.client('reader', 'eve');
    await using visitor = await bed.visit('/console/server/tokens', token);
    await visitor.page.getByText('Tokens are shown to maintainers only.').waitFor();
  });

  async function registered(name: string): Promise<Record<string, unknown>> {
    const { body } = await bed.client.request('GET', `/api/v1/clusters/${name}`);
    return body;
  }
});
