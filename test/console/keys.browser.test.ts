import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { browserMissing } from './browser.ts';
import { FleetInMemory, nameOf } from './fleet-in-memory.ts';

describe('the keys of the console', { skip: browserMissing() }, () => {
  let bed: FleetInMemory;

  before(async () => {
    bed = await FleetInMemory.open(40);
  });
  after(() => bed?.[Symbol.asyncDispose]());

  const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name });
  const palette = (page: Page) => page.getByRole('combobox', { name: 'Search everything' });

  it('lead to every page, and mean nothing in fields', async () => {
    await using visitor = await bed.visit();
    const { page } = visitor;
    await heading(page, 'Overview').waitFor();
    await page.keyboard.press('g');
    await page.getByText('Go to').waitFor();
    await page.keyboard.press('s');
    await heading(page, 'Server').waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await heading(page, 'Clusters').waitFor();
    await page.getByRole('grid').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('go?x');
    assert.equal(await page.getByRole('searchbox', { name: 'Search' }).inputValue(), 'go?x');
    await heading(page, 'Clusters').waitFor();
    await page.getByText('Nothing matches').waitFor();
  });

  it('find clusters, pages and what the open cluster can do', async () => {
    await using visitor = await bed.visit();
    const { page } = visitor;
    // What the rows do not have: commits, receipts.
    visitor.expect(/404/);
    await heading(page, 'Overview').waitFor();
    await page.keyboard.press('Control+k');
    await palette(page).fill('0017');
    await page.getByRole('option', { name: nameOf(17) }).waitFor();
    await page.keyboard.press('Enter');
    await heading(page, nameOf(17)).waitFor();
    await page.getByRole('button', { name: 'Look now' }).waitFor();
    await page.keyboard.press('Control+k');
    await palette(page).fill('pause');
    await page.getByRole('option', { name: 'Pause' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: `Pause ${nameOf(17)}` }).waitFor();
    await page.keyboard.press('Control+k');
    assert.equal(await palette(page).count(), 0);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('Control+k');
    await palette(page).fill('receipts');
    await page.getByRole('option', { name: 'Receipts' }).click();
    await heading(page, 'Receipts').waitFor();
  });

  it('give the focus back when what they opened is closed', async () => {
    await using visitor = await bed.visit('/console/clusters');
    const { page } = visitor;
    const link = page.getByRole('link', { name: nameOf(1) });
    await link.focus();
    await page.keyboard.press('x');
    await page.getByText('1 selected').waitFor();
    await page.keyboard.press('Control+k');
    await palette(page).waitFor();
    await page.keyboard.press('Escape');
    await palette(page).waitFor({ state: 'detached' });
    await page.getByText('1 selected').waitFor();
    await page.locator(':focus', { hasText: nameOf(1) }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('1 selected').waitFor({ state: 'detached' });
  });

  it('are listed, and can be switched off but for those with Ctrl', async () => {
    await using visitor = await bed.visit();
    const { page } = visitor;
    await heading(page, 'Overview').waitFor();
    await page.keyboard.press('?');
    const dialog = page.getByRole('dialog', { name: 'Keyboard' });
    await dialog.getByRole('switch', { name: 'Single keys' }).uncheck();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.keyboard.press('?');
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await page.keyboard.press('Control+k');
    await palette(page).waitFor();
    await heading(page, 'Overview').waitFor();
    assert.equal(await dialog.count(), 0);
  });

  it('and the palette have no finding of axe', async () => {
    for (const language of ['en', 'zh'] as const) {
      await using visitor = await bed.visit('/console', { language });
      const { page } = visitor;
      await page.locator('main a').first().waitFor();
      await page.keyboard.press(language === 'en' ? 'Control+k' : '?');
      await page.getByRole('dialog').locator('[role=option], dt').first().waitFor();
      assert.deepEqual(await visitor.findingsInLooks(language), []);
    }
  });
});
