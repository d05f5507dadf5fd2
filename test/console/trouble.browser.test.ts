import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { waitUntil } from '../harness/wait-until.ts';
import { browserMissing } from './browser.ts';
import { ConsoleBed } from './console-bed.ts';

/** What browsers say of a server that is not there, or not ready yet. */
const AWAY = /^Failed to load resource: (net::ERR_|the server responded with a status of 503)/;

describe('the console in trouble', { skip: browserMissing() }, () => {
  let bed: ConsoleBed;

  before(async () => {
    bed = await ConsoleBed.open(4);
    await Promise.all([bed.register('one'), bed.register('two')]);
    await Promise.all(['one', 'two'].map((name) => bed.client.waitForPhase(name, 'Ready')));
  });
  after(() => bed?.[Symbol.asyncDispose]());

  it('goes on by itself on the page of a cluster when the server was started again', async () => {
    await using visitor = await bed.visit('/console/clusters/one');
    const { page } = visitor;
    await page.evaluate('window.isSamePage = true');
    await page.getByRole('img', { name: /argocd: Ready/ }).waitFor(); // the last part of the page to load
    await page.getByText('everything is as declared').first().waitFor();
    visitor.expect(AWAY);
    await bed.server.kill();
    await page.getByText(/reconnecting, data of/).waitFor();
    await page.getByText('everything is as declared').first().waitFor();
    await bed.server.start();
    const paused = await bed.client.request('POST', '/api/v1/clusters/one/pause', { reason: 'seen at once' });
    assert.equal(paused.status, 200);
    await page.getByRole('alert').filter({ hasText: 'seen at once' }).waitFor();
    await page.getByText(/reconnecting, data of/).waitFor({ state: 'detached' });
    assert.equal(await page.evaluate('window.isSamePage'), true);
    await bed.client.request('POST', '/api/v1/clusters/one/resume', {});
  });

  it('opens a page that is asked for while the server is away once it is back', async () => {
    await using visitor = await bed.visit('/console/clusters/one');
    const { page } = visitor;
    await page.evaluate('window.isSamePage = true');
    await page.getByText('everything is as declared').first().waitFor();
    visitor.expect(AWAY);
    await bed.server.kill();
    await page.getByRole('link', { name: 'Receipts', exact: true }).click();
    await page.getByText('The page tries again by itself.').waitFor();
    await bed.server.start();
    await page.getByRole('heading', { level: 1, name: 'Receipts' }).waitFor();
    await page.getByText('No cluster has been removed yet.').waitFor();
    assert.equal(await page.evaluate('window.isSamePage'), true);
  });

  it('asks for another token once its own is revoked, and comes back to the same page', async () => {
    const { token } = await bed.server.client('maintainer', 'eve');
    await using visitor = await bed.visit('/console/clusters/one/history', token);
    const { page } = visitor;
    await page.locator('summary').first().waitFor();
    visitor.expect(/status of 401/);
    const revoked = await bed.client.request('DELETE', '/api/v1/tokens/eve');
    assert.equal(revoked.status, 200);
    await page.getByRole('link', { name: 'Events', exact: true }).first().click();
    await page.getByText('The session has ended.').waitFor();
    await page.locator('input[name=token]').fill(bed.client.token);
    await page.locator('button[type=submit]').click();
    await page.getByRole('heading', { level: 1, name: 'Events' }).waitFor();
    assert.equal(page.url(), `${bed.url}/console/events`);
  });

  it('tells readers on every page that changes something that they may not, and the server refuses it too', async () => {
    const { token } = await bed.server.client('reader', 'rob');
    await using visitor = await bed.visit('/console/clusters/two/edit', token);
    const { page } = visitor;
    visitor.expect(/status of 403/);
    for (const [path, name] of [
      ['clusters/two/edit', 'Save'],
      ['register', 'Register'],
    ] as const) {
      await page.goto(`${bed.url}/console/${path}`);
      const button = page.getByRole('button', { name, exact: true });
      await button.hover();
      await page.getByRole('tooltip', { name: /may only read/ }).waitFor();
      assert.equal(await button.getAttribute('aria-disabled'), 'true', path);
    }
    await page.goto(`${bed.url}/console/clusters/two/delete`);
    await page.getByRole('alert').getByText('rob may not delete clusters').waitFor();
    const answer = await page.evaluate<string>(DELETE_TWO);
    assert.match(answer, /^403 .*NO_AUTHORIZATION/);
  });

  it('shows which field is contested, by whom, and leaves it', async () => {
    await using visitor = await bed.visit('/console/clusters/two/repairs');
    const { page } = visitor;
    const cluster = bed.kubectl('two');
    const path = '/api/v1/namespaces/argocd/configmaps/argocd-cm';
    let round = 0;
    await waitUntil('a contested field', async () => {
      round += 1;
      await cluster.patch(
        path,
        { data: { url: `https://round-${round}.example` } },
        encodeURIComponent(HOSTILE_MANAGER),
      );
      const status = await bed.client.status('two');
      return status?.components.some(({ reason }) => reason === 'FieldContested') === true;
    });
    await page.getByText('left alone').first().waitFor();
    await page.getByRole('cell', { name: HOSTILE_MANAGER }).first().waitFor();
    await page.getByRole('link', { name: 'Overview' }).last().click();
    await page.getByText('Degraded').first().waitFor();
    await page.getByText(HOSTILE_MANAGER).first().waitFor();
    assert.equal(await page.locator('main img, main script').count(), 0);
  });

  it('shows texts of a hostile cluster as texts, at 360 pixels without moving sideways', async () => {
    bed.sandbox.clusters[2]?.faults.set([{ kind: 'never-ready', name: 'argocd-server', reason: HOSTILE_TEXT }]);
    await bed.register('three');
    await bed.client.waitFor('three', (status) => JSON.stringify(status).includes('alert(1)'), 'its text');
    await using visitor = await bed.visit('/console/clusters/three');
    const { page } = visitor;
    await visitor.show({ scheme: 'light', width: 360 });
    const shown = page.getByText('<img src=x onerror=alert(1)>').first();
    await shown.waitFor();
    for (const path of [
      'clusters/three',
      'clusters/three/components',
      'clusters/three/objects',
      'events',
      'clusters',
      '',
    ]) {
      await page.goto(`${bed.url}/console/${path}`);
      await shown.waitFor({ state: 'attached' });
      assert.deepEqual(await visitor.findings(), [], path);
      assert.equal(await page.locator('main img, main script, main b').count(), 0);
      assert.doesNotMatch(await page.locator('main').innerText(), /[\u202a-\u202e\u2066-\u2069]/, 'direction marks');
    }
  });

  it('shows names of components as they are, however they are made', async () => {
    await using visitor = await bed.visit('/console/clusters');
    const { page } = visitor;
    const renamed = <Item extends { readonly name: string }>(items: readonly Item[]): readonly Item[] =>
      items.map((item, index) => (index === 0 ? { ...item, name: HOSTILE_NAME } : item));
    await visitor.alter(/clusters\/two\/status$/, (status) => ({ ...status, components: renamed(status.components) }));
    await visitor.alter(/fleet\/components(\?|$)/, (reply) => ({ ...reply, items: renamed(reply.items) }));
    for (const path of ['clusters/two', 'clusters/two/components', 'components', `components/${SEGMENT}`]) {
      await page.goto(`${bed.url}/console/${path}`);
      for (const width of [1280, 360]) {
        await visitor.show({ scheme: 'light', width });
        await page.locator('main').getByText(HOSTILE_MANAGER).first().waitFor();
        assert.deepEqual(await visitor.findings(), [], `${path} ${width}`);
        assert.equal(await page.locator('main img, main script, main b').count(), 0);
        assert.doesNotMatch(await page.locator('main').innerText(), /[\u202a-\u202e\u2066-\u2069]/, 'direction marks');
      }
    }
  });

  it('shows a cluster that waits for its turn as waiting, with the reason, since when, and what to do', async () => {
    await using visitor = await bed.visit();
    await visitor.alter(/clusters\/two\/status$/, (status) => ({
      ...status,
      conditions: status.conditions.map((each) => (each.type === 'Ready' ? { ...each, ...HELD_BACK } : each)),
    }));
    const { page } = visitor;
    await page.goto(`${bed.url}/console/clusters/two`);
    await page.getByText('Waiting', { exact: true }).waitFor();
    await page.getByText(HELD_BACK.message).first().waitFor();
    await page
      .getByText(/To have the cluster tried at once/)
      .first()
      .waitFor();
    assert.deepEqual(await visitor.findings(), []);
  });

  it('shows warnings on the overview as they come, each with a way to its cluster', async () => {
    await using visitor = await bed.visit();
    const { page } = visitor;
    const warnings = page.getByRole('region', { name: 'Latest warnings' });
    await warnings.getByRole('listitem').filter({ hasText: HOSTILE_MANAGER }).first().waitFor();
    const target = bed.simulated('one');
    target.faults.set([{ kind: 'unreachable' }]);
    const warning = warnings
      .getByRole('listitem')
      .filter({ has: page.getByRole('link', { name: 'one', exact: true }) });
    await warning.first().getByRole('link').click();
    await page.getByRole('heading', { level: 1, name: 'one', exact: true }).waitFor();
    target.faults.set([]);
    await bed.client.waitForPhase('one', 'Ready');
  });

  it('shows names of a kubeconfig as they are, however they are made', async () => {
    await using visitor = await bed.visit('/console/register');
    const { page } = visitor;
    await page.setViewportSize({ width: 360, height: 860 });
    const { kubeconfig } = await bed.cluster();
    const name = `${HOSTILE_MANAGER}-${'x'.repeat(1000)}`;
    const text = kubeconfig.replace(
      /^contexts:\n/m,
      `contexts:\n  - name: ${JSON.stringify(name)}\n    context: { cluster: ${JSON.stringify(name)}, user: none }\n`,
    );
    const file = { name: 'config', mimeType: 'text/plain', buffer: Buffer.from(text) };
    await page.locator('input[type=file]').setInputFiles(file);
    await page.getByText(HOSTILE_MANAGER).first().waitFor();
    assert.deepEqual(await visitor.findings(), []);
    assert.equal(await page.locator('main img, main script').count(), 0);
  });

  it('says that a cluster does not answer before it is deleted, and leaves a receipt of what remains', async () => {
    await using visitor = await bed.visit('/console/clusters/one/delete');
    const { page } = visitor;
    await page.getByText(/^\d+ objects$/).waitFor();
    const target = bed.simulated('one');
    target.faults.set([{ kind: 'unreachable' }]);
    await target.settled();
    await page.reload();
    await page.getByText(/the removal waits 10 min for it/).waitFor();
    await page.getByLabel(/do not wait for a cluster that does not answer/).check();
    await page.getByLabel('Type one to confirm').fill('one');
    visitor.expect(/404 .*\/clusters\/one/);
    await page.getByRole('button', { name: 'Delete one' }).click();
    await page.getByRole('heading', { level: 1, name: 'Receipt of one' }).waitFor();
    await page.getByText('Incomplete', { exact: true }).waitFor();
    await page.getByRole('heading', { name: /Could not be removed \(\d+\)/ }).waitFor();
    await page
      .getByText(/kubectl .*delete/)
      .first()
      .waitFor();
    await page.goto(`${bed.url}/console/receipts`);
    await page.getByRole('listitem').filter({ hasText: 'one' }).getByText('Incomplete').waitFor();
  });
});

/** As the server says it of a cluster that was worked on when it ended abnormally. */
const HELD_BACK = {
  status: 'Unknown',
  reason: 'HeldBack',
  message: 'not looked at since the server started; it is tried at noon',
  remedy: 'To have the cluster tried at once, send POST /api/v1/clusters/two/sync.',
  action: { id: 'CheckHeldBack', params: { name: 'two' } },
};

/** As controllers may call themselves. */
const HOSTILE_MANAGER = '<img src=x onerror=alert(1)><b>';

/** A name that holds markup and marks that turn the direction of text. */
const HOSTILE_NAME = `${HOSTILE_MANAGER}\u202egnp.exe\u2066`;
const SEGMENT = encodeURIComponent(HOSTILE_MANAGER);

/** Markup, marks that turn the direction of text, and a word that breaks nowhere. */
const HOSTILE_TEXT = `<img src=x onerror=alert(1)><script>alert(2)</script>\u202egnp.exe\u2066 ${'w'.repeat(1000)}`;

const DELETE_TWO = `fetch('/api/v1/clusters/two', { method: 'DELETE', headers: { 'x-nautes-console': '1' } }).then(
  async (reply) => reply.status + ' ' + (await reply.text()))`;
