import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { NautesError } from '../../src/errors/errors.ts';
import { verbatim } from '../../src/messages/message.ts';
import { browserMissing } from './browser.ts';
import { FleetInMemory, nameOf } from './fleet-in-memory.ts';

const CLUSTERS = 5000;

describe('the list of 5,000 clusters', { skip: browserMissing() }, () => {
  let bed: FleetInMemory;

  before(async () => {
    bed = await FleetInMemory.open(CLUSTERS);
  });
  after(() => bed?.[Symbol.asyncDispose]());

  const row = (page: Page, index: number) => page.getByRole('row', { name: new RegExp(`^Select ${nameOf(index)} `) });
  const focused = (page: Page, index: number) => page.locator(':focus', { hasText: nameOf(index) }).waitFor();

  it('renders what the window shows, is filtered and sorted as a whole, and follows changes', async () => {
    await using visitor = await bed.visit('/console/clusters');
    const { page } = visitor;
    await page.getByText('5,000 of 5,000 clusters').waitFor();
    const grid = page.getByRole('grid');
    assert.equal(await grid.getAttribute('aria-rowcount'), String(CLUSTERS + 1));
    const rendered = await page.getByRole('row').count();
    assert.ok(rendered < 60, `${rendered} rows`);
    await page.keyboard.press('j');
    await page.keyboard.press('End');
    await focused(page, CLUSTERS - 1);
    await page.getByRole('button', { name: 'Cluster', exact: true }).click();
    await page.locator('[aria-sort=descending]').waitFor();
    await page.evaluate('scrollTo(0, 0)');
    await page.locator('[aria-rowindex="2"]', { hasText: nameOf(CLUSTERS - 1) }).waitFor();
    assert.match(page.url(), /sort=-name$/);
    await page.getByRole('searchbox', { name: 'Search' }).fill('cluster-4321');
    await page.getByText('1 of 5,000 clusters').waitFor();
    await row(page, 4321)
      .getByText(/^Ready$/)
      .waitFor();
    bed.change(nameOf(4321), { phase: 'Failed' });
    await row(page, 4321).getByText('Failed').waitFor();
    bed.change(nameOf(4321), { phase: 'Degraded', reason: 'HeldBack', message: verbatim('it is tried at noon') });
    await row(page, 4321).getByText('Waiting', { exact: true }).waitFor();
    await row(page, 4321).getByText('it is tried at noon').waitFor();
    bed.change(nameOf(4321), { phase: 'Ready', reason: 'Ready' });
  });

  it('keeps filters under names, of which each is an address', async () => {
    await using visitor = await bed.visit('/console/clusters?phase=Failed&q=cluster-000');
    const { page } = visitor;
    await page.getByText('1 of 5,000 clusters').waitFor();
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('textbox', { name: 'Save this view as' }).fill('Broken');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'Broken' }).waitFor();
    await page.goto(`${bed.url}/console/clusters`);
    await page.getByText('5,000 of 5,000 clusters').waitFor();
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('link', { name: 'Broken' }).click();
    await page.getByText('1 of 5,000 clusters').waitFor();
    assert.match(page.url(), /phase=Failed/);
    assert.match(page.url(), /q=cluster-000/);
    await page.getByRole('button', { name: 'Broken' }).click();
    await page.getByRole('button', { name: 'Remove the view Broken' }).click();
    await page.getByRole('link', { name: 'Broken' }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Need attention' }).click();
    await page.getByText('1,000 of 5,000 clusters').waitFor();
  });

  it('has the chosen columns and density, also after it is loaded again', async () => {
    await using visitor = await bed.visit('/console/clusters');
    const { page } = visitor;
    const header = (name: string) => page.getByRole('columnheader', { name, exact: true });
    await header('Last change').waitFor();
    await page.getByRole('button', { name: 'Columns and density' }).click();
    await page.getByRole('checkbox', { name: 'Last change' }).uncheck();
    await page.getByRole('checkbox', { name: 'API server' }).check();
    await page.getByText('Compact', { exact: true }).click();
    await page.reload();
    await header('API server').waitFor();
    assert.equal(await header('Last change').count(), 0);
    assert.equal(await page.getByRole('grid').getAttribute('data-density'), 'compact');
    await page.getByText('https://203.0.113.1:6444').waitFor();
  });

  it('pauses what was selected by keys, and says of which clusters that failed', async () => {
    await using visitor = await bed.visit('/console/clusters');
    const { page } = visitor;
    await row(page, 0).waitFor();
    bed.server.registry.interfere = async (useCase, name) => {
      if (useCase === 'pause' && name === nameOf(1)) throw new NautesError('ClusterNotFound', { cluster: name });
    };
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+ArrowUp');
    const selected = page.getByRole('region', { name: 'Selected clusters' });
    visitor.expect(/404/);
    await selected.getByText('3 selected').waitFor();
    await selected.getByRole('button', { name: 'Pause' }).click();
    const dialog = page.getByRole('dialog', { name: 'Pause 3 clusters' });
    await dialog.getByRole('textbox').fill('move of the racks');
    await dialog.getByRole('button', { name: 'Pause' }).click();
    await dialog.getByText('2 done · 1 failed').waitFor();
    await dialog.getByRole('listitem').first().getByText(nameOf(1), { exact: true }).waitFor();
    assert.deepEqual(
      bed.server.registry.pauses.map(({ name, options: { reason } }) => ({ name, reason })),
      [nameOf(0), nameOf(2)].map((name) => ({ name, reason: 'move of the racks' })),
    );
    await dialog.getByRole('button', { name: 'Select those that failed' }).click();
    await selected.getByText('1 selected').waitFor();
    assert.equal(await row(page, 1).getAttribute('aria-selected'), 'true');
    bed.server.registry.interfere = async () => {};
    await selected.getByRole('button', { name: 'Look now' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Look now' }).click();
    await page.getByText('1 done · 0 failed').waitFor();
    assert.deepEqual(bed.server.registry.syncs, [nameOf(1)]);
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
    await row(page, 1).getByRole('link').focus();
    await page.keyboard.press('Escape');
    await selected.waitFor({ state: 'detached' });
  });

  it('selects ranges by Shift and the pointer, and all that the filter leaves', async () => {
    await using visitor = await bed.visit('/console/clusters');
    const { page } = visitor;
    await page.getByRole('checkbox', { name: `Select ${nameOf(2)}` }).click();
    await page.getByRole('checkbox', { name: `Select ${nameOf(6)}` }).click({ modifiers: ['Shift'] });
    await page.getByText('5 selected').waitFor();
    await page.getByRole('searchbox', { name: 'Search' }).fill('cluster-12');
    await page.getByText('100 of 5,000 clusters').waitFor();
    await page.getByRole('checkbox', { name: 'Select all' }).click();
    await page.getByText('100 selected').waitFor();
  });

  it('offers a reader no actions, and says why', async () => {
    await using visitor = await bed.visit('/console/clusters', { role: 'reader' });
    const { page } = visitor;
    await page.getByRole('checkbox', { name: `Select ${nameOf(2)}` }).click();
    const pause = page.getByRole('button', { name: 'Pause' });
    assert.equal(await pause.getAttribute('aria-disabled'), 'true');
    await pause.hover();
    await page.getByText('Your token may only read').waitFor();
  });

  it('leads from one cluster to the next as it was filtered and sorted', async () => {
    await using visitor = await bed.visit('/console/clusters?q=cluster-013&sort=-name');
    const { page } = visitor;
    // What the rows do not have: commits, receipts.
    visitor.expect(/404/);
    await page.getByRole('link', { name: nameOf(137) }).click();
    await page.getByRole('heading', { name: nameOf(137) }).waitFor();
    await page.getByText('3 of 10').waitFor();
    await page.getByRole('link', { name: 'Events', exact: true }).last().click();
    await page.getByRole('link', { name: `Next: ${nameOf(136)}` }).click();
    await page.getByText('4 of 10').waitFor();
    assert.match(page.url(), new RegExp(`/${nameOf(136)}/events$`));
    await page.getByRole('heading', { name: nameOf(136) }).waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.getByText('3 of 10').waitFor();
    await page.getByText('3 of 10').click();
    await page.getByText('10 of 5,000 clusters').waitFor();
  });

  it('has no finding of axe with a selection and its dialog', async () => {
    for (const language of ['en', 'zh'] as const) {
      await using visitor = await bed.visit('/console/clusters', { language });
      const { page } = visitor;
      await page.locator('[data-index="3"] input').click();
      const selected = page.locator('section', { has: page.getByText(/1 selected|已选 1 个/) });
      await selected.waitFor();
      if (language === 'zh') {
        await selected.getByRole('button', { name: '暂停' }).click();
        await page.getByRole('dialog').waitFor();
      }
      assert.deepEqual(await visitor.findingsInLooks(language), []);
    }
  });
});
