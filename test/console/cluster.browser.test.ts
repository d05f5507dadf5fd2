import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { browserMissing } from './browser.ts';
import { ConsoleBed } from './console-bed.ts';

describe('the page of a cluster in the console', { skip: browserMissing() }, () => {
  let bed: ConsoleBed;

  before(async () => {
    bed = await ConsoleBed.open(2);
  });
  after(() => bed?.[Symbol.asyncDispose]());

  it('shows the stages as they are reached, without being loaded again', async () => {
    await using visitor = await bed.visit('/console/clusters');
    const { page } = visitor;
    await bed.register('one');
    await page.getByRole('link', { name: 'one', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'one', exact: true }).waitFor();
    await bed.client.waitForPhase('one', 'Ready');
    await page.getByText('everything is as declared').first().waitFor();
    await page.getByText('all 6 components are ready').first().waitFor();
    await page.getByRole('img', { name: /argocd: Ready/ }).waitFor();
    const tabs = page.getByRole('navigation', { name: 'Parts of one' });
    await tabs.getByRole('link', { name: 'Components' }).click();
    await page.getByRole('row', { name: /argocd/ }).waitFor();
    await tabs.getByRole('link', { name: 'Events' }).click();
    await page.getByText('argocd', { exact: true }).first().waitFor();
  });

  it('pauses and resumes, and makes a new credential', async () => {
    await using visitor = await bed.visit('/console/clusters/one');
    const { page } = visitor;
    const more = page.getByRole('button', { name: 'More actions' });
    await more.click();
    await page.getByRole('menuitem', { name: 'Pause' }).click();
    await page.getByLabel('Reason, for others to read').fill('<b>moving</b> racks');
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await page.getByRole('alert').filter({ hasText: '<b>moving</b> racks' }).waitFor();
    await more.click();
    await page.getByRole('menuitem', { name: 'Resume' }).click();
    await page.getByRole('alert').waitFor({ state: 'detached' });
    const old = (await bed.client.status('one'))?.credential.rotatedAt;
    await more.click();
    await page.getByRole('menuitem', { name: 'New credential' }).click();
    await page.getByRole('button', { name: 'New credential' }).click();
    await page.getByText('A new credential for one is being made.').waitFor();
    await bed.client.waitFor('one', (status) => status?.credential.rotatedAt !== old, 'a new credential');
  });

  it('says what keeps a component from being ready, and what to do', async () => {
    const target = await bed.register('two');
    const ready = await bed.client.waitForPhase('two', 'Ready');
    assert.equal(ready.name, 'two');
    await using visitor = await bed.visit('/console/clusters/two');
    const { page } = visitor;
    await page.getByText('everything is as declared').first().waitFor();
    await target.setReachable(false);
    await page
      .getByText(/Degraded|Failed/)
      .first()
      .waitFor();
    await page
      .locator('ol li')
      .filter({ hasText: 'Reachable' })

      .getByText('failed', { exact: true })
      .first()
      .waitFor({ state: 'attached' });
    await target.setReachable(true);
    await page.getByText('everything is as declared').first().waitFor();
  });

  it('shows readers what they may not do, with the reason', async () => {
    const { token } = await bed.server.client('reader', 'eve');
    await using visitor = await bed.visit('/console/clusters/one', token);
    const { page } = visitor;
    const look = page.getByRole('button', { name: 'Look now' });
    await look.hover();
    await page.getByRole('tooltip', { name: /may only read/ }).waitFor();
    assert.equal(await look.getAttribute('aria-disabled'), 'true');
  });

  it('shows objects, repairs, history with its diffs and the file', async () => {
    await using visitor = await bed.visit('/console/clusters/one/objects');
    const { page } = visitor;
    await page.getByLabel('Filter').fill('deployment argocd/argocd-server');
    await page.getByText(/^1 of \d+ objects$/).waitFor();
    await bed
      .kubectl('one')
      .patch('/apis/apps/v1/namespaces/argocd/deployments/argocd-server', { spec: { replicas: 3 } });
    await page.getByRole('link', { name: 'Repairs', exact: true }).click();
    await page.getByRole('cell', { name: /spec\.replicas/ }).waitFor();
    await page.getByRole('cell', { name: 'kubectl-edit' }).waitFor();
    await page.getByRole('link', { name: 'History', exact: true }).click();
    await page.getByText('Show what it changed').last().click();
    await page.getByLabel('What changed').getByText('kind: Cluster').waitFor();
    await page.getByRole('link', { name: 'File', exact: true }).click();
    await page.getByLabel('File', { exact: true }).getByText('kind: Cluster').waitFor();
  });
});
