import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { browserMissing } from './browser.ts';
import { ConsoleBed } from './console-bed.ts';

describe('registering and deleting in the console', { skip: browserMissing() }, () => {
  let bed: ConsoleBed;

  before(async () => {
    bed = await ConsoleBed.open(2);
  });
  after(() => bed?.[Symbol.asyncDispose]());

  it('sends the chosen context of a kubeconfig alone, after its plan, and shows the cluster become ready', async () => {
    const target = await bed.cluster();
    await using visitor = await bed.visit('/console/register');
    const { page } = visitor;
    const sent: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') sent.push(request.postData() ?? '');
    });
    const text = withOtherContexts(target.kubeconfig);
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'config', mimeType: 'text/plain', buffer: Buffer.from(text) });
    await page.getByRole('radio', { name: 'prod-eks' }).waitFor();
    assert.equal(await page.getByRole('radio', { name: 'prod-eks' }).isDisabled(), true);
    await page.getByText(/runs aws-iam-authenticator|needs|runs aws/).waitFor();
    assert.equal(await page.getByRole('radio', { name: 'gone' }).isDisabled(), true);
    await page.getByRole('textbox', { name: 'Name' }).fill('Bad Name');
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('A name has lower-case letters').waitFor();
    await page.getByRole('textbox', { name: 'Name' }).fill('edge-7');
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('Nothing is in the way.').waitFor();
    await page.getByRole('cell', { name: 'argocd', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Register' }).click();
    await page.getByRole('heading', { level: 1, name: 'edge-7' }).waitFor();
    await bed.client.waitForPhase('edge-7', 'Ready');
    await page.getByText('everything is as declared').first().waitFor();
    assert.ok(sent.length >= 2);
    for (const body of sent) assert.doesNotMatch(body, /TOP-SECRET|prod-eks|gone/);
  });

  it('changes a registration, and names what was changed meanwhile, when and by whom', async () => {
    const { body: first } = await bed.client.request('GET', '/api/v1/clusters/edge-7');
    await using visitor = await bed.visit('/console');
    const { page } = visitor;
    await holdBack(page, first);
    await page.goto(`${bed.url}/console/clusters/edge-7/edit`);
    await page.getByText('Domain, components and their settings').click();
    const domain = page.getByLabel('Domain of its gateway');
    await domain.fill('edge.example.com');
    await page.getByRole('button', { name: 'Check' }).click();
    await page
      .getByRole('cell', { name: /edge\.example\.com/ })
      .first()
      .waitFor();
    const paused = await bed.client.request('POST', '/api/v1/clusters/edge-7/pause', { reason: 'first' });
    assert.equal(paused.status, 200);
    visitor.expect(/412 .*\/edge-7/);
    await page.getByRole('button', { name: 'Save' }).click();
    const conflict = page.getByRole('alert').filter({ hasText: 'The registration has been changed meanwhile' });
    await conflict.getByRole('row', { name: /paused\.reason first/ }).waitFor();
    await conflict.getByText(/^ada · /).waitFor();
    assert.deepEqual(await visitor.findings(), []);
    assert.equal(await page.getByRole('button', { name: 'Save' }).isDisabled(), true);
    await conflict.getByRole('button', { name: 'Keep my changes on top of it' }).click();
    await conflict.waitFor({ state: 'detached' });
    assert.equal(await domain.inputValue(), 'edge.example.com');
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { level: 1, name: 'edge-7', exact: true }).waitFor();
    await page.getByText('edge.example.com', { exact: true }).waitFor();
    await bed.client.request('POST', '/api/v1/clusters/edge-7/resume', {});
  });

  it('shows a change by others in an open form as it comes, and begins again with it when asked', async () => {
    await using visitor = await bed.visit('/console/clusters/edge-7/edit');
    const { page } = visitor;
    await page.getByText('Domain, components and their settings').click();
    const domain = page.getByLabel('Domain of its gateway');
    await domain.fill('mine.example.com');
    const { body } = await bed.client.request('GET', '/api/v1/clusters/edge-7');
    const saved = await bed.client.save('edge-7', { ...body, primary_domain: 'theirs.example.com' });
    assert.equal(saved.status, 200, JSON.stringify(saved.body));
    const conflict = page.getByRole('alert').filter({ hasText: 'The registration has been changed meanwhile' });
    await conflict.getByRole('row', { name: /primary_domain edge\.example\.com theirs\.example\.com/ }).waitFor();
    await conflict.getByRole('button', { name: 'Start from the new state' }).click();
    await conflict.waitFor({ state: 'detached' });
    assert.equal(await domain.inputValue(), 'theirs.example.com');
  });

  it('registers a virtual cluster on a host by the form, and shows it become ready', async () => {
    const host = await bed.register('frankfurt', { usage: 'host' });
    await bed.client.waitForPhase('frankfurt', 'Ready');
    await using visitor = await bed.visit('/console/register');
    const { page } = visitor;
    await page.getByText('Virtual, on a host').click();
    await page.getByLabel('Host cluster').selectOption('frankfurt');
    await page.getByLabel('Node port of its API server').fill('31456');
    const address = `https://${new URL(host.server).hostname}:31456`;
    assert.equal(await page.getByLabel('Address of its API server').inputValue(), address);
    await page.getByRole('textbox', { name: 'Name' }).fill('shop');
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('Nothing is in the way.').waitFor();
    await page.getByRole('button', { name: 'Register' }).click();
    await page.getByRole('heading', { level: 1, name: 'shop' }).waitFor();
    await bed.client.waitForPhase('shop', 'Ready');
    await page.getByText('everything is as declared').first().waitFor();
    await page.getByRole('link', { name: 'frankfurt' }).first().click();
    await page.getByRole('heading', { level: 1, name: 'frankfurt' }).waitFor();
    await page.getByRole('link', { name: 'shop', exact: true }).waitFor();
  });

  it('shows what a deletion does, asks for the name, and leaves the receipt at the same address', async () => {
    await using visitor = await bed.visit('/console/clusters/edge-7');
    const { page } = visitor;
    visitor.expect(/404 .*\/edge-7/); // it is asked for once more when it is gone
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByText(/^\d+ objects$/).waitFor();
    const button = page.getByRole('button', { name: 'Delete edge-7' });
    assert.equal(await button.isDisabled(), true);
    await page.getByLabel('Type edge-7 to confirm').fill('edge-7');
    await button.click();
    await page.getByRole('heading', { level: 1, name: 'Receipt of edge-7' }).waitFor();
    assert.match(page.url(), /\/console\/clusters\/edge-7$/);
    await page.getByText('Complete', { exact: true }).waitFor();
    await page.evaluate('window.print = () => (document.title = "printed")');
    await page.getByRole('button', { name: 'Print' }).click();
    assert.equal(await page.title(), 'printed');
    await page.emulateMedia({ media: 'print' });
    await page.getByRole('navigation').first().waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Print' }).waitFor({ state: 'hidden' });
    await page.getByText('Removed (').waitFor();
    const pdf = await page.pdf();
    assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
  });
});

/** The kubeconfig with two more contexts, of which neither can be used. */
function withOtherContexts(kubeconfig: string): string {
  return kubeconfig
    .replace(
      /^contexts:\n/m,
      'contexts:\n  - name: prod-eks\n    context: { cluster: eks, user: eks }\n  - name: gone\n    context: { cluster: none, user: eks }\n',
    )
    .replace(/^clusters:\n/m, 'clusters:\n  - name: eks\n    cluster: { server: https://eks.example.com }\n')
    .replace(
      /^users:\n/m,
      'users:\n  - name: eks\n    user: { exec: { command: aws, args: [TOP-SECRET], apiVersion: client.authentication.k8s.io/v1 } }\n',
    );
}

/** Has the page read the registration of edge-7 as it was, until a save is tried. */
async function holdBack(page: Page, first: object): Promise<void> {
  let isHeld = true;
  await page.route(/\/clusters\/edge-7$/, async (route) => {
    if (route.request().method() === 'POST') isHeld = false;
    if (!isHeld || route.request().method() !== 'GET') return route.continue();
    return route.fulfill({ json: first });
  });
}
