import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { workerBody } from '../harness/target-cluster.ts';
import { browserMissing } from './browser.ts';
import { ConsoleBed } from './console-bed.ts';

/** What browsers say of a server that is not there, or not ready yet. */
const AWAY = /^Failed to load resource: (net::ERR_|the server responded with a status of 503)/;

describe('overview and list of the console', { skip: browserMissing() }, () => {
  let bed: ConsoleBed;

  before(async () => {
    bed = await ConsoleBed.open(4);
    await Promise.all([bed.register('one'), bed.register('two', { usage: 'host' })]);
    await Promise.all(['one', 'two'].map((name) => bed.client.waitForPhase(name, 'Ready')));
  });
  after(() => bed?.[Symbol.asyncDispose]());

  it('counts what there is, and leads to the list with a filter that stands in its address', async () => {
    await using visitor = await bed.visit();
    const { page } = visitor;
    await page.getByRole('link', { name: /^Clusters 2/ }).waitFor();
    await page.getByRole('link', { name: /Ready 2/ }).click();
    await page.getByText('2 of 2 clusters').waitFor();
    assert.match(page.url(), /\/console\/clusters\?phase=Ready$/);
    await page.getByRole('button', { name: 'Kind', exact: true }).first().click();
    await page.getByRole('checkbox', { name: /Host/ }).check();
    await page.getByText('1 of 2 clusters').waitFor();
    await page.keyboard.press('Escape');
    await page.reload();
    await page.getByText('1 of 2 clusters').waitFor();
    await page.getByRole('searchbox', { name: 'Search' }).fill('nowhere');
    await page.getByText('Nothing matches').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).last().click();
    await page.getByText('2 of 2 clusters').waitFor();
  });

  it('shows in seven tabs what happens, read by one of them', async () => {
    await using visitor = await bed.visit('/console/clusters');
    const streams: string[] = [];
    const tabs = [visitor.page];
    for (const tab of tabs) await tab.getByText('live').waitFor();
    visitor.page.on('request', (request) => streams.push(request.url()));
    for (let number = 2; number <= 7; number += 1) {
      const tab = await visitor.tab();
      tab.on('request', (request) => {
        if (request.headers()['accept'] === 'text/event-stream') streams.push(request.url());
      });
      await tab.goto(`${bed.url}/console/clusters`);
      tabs.push(tab);
    }
    await Promise.all(tabs.map((tab) => tab.getByText('live').waitFor()));
    const target = await bed.register('three');
    assert.ok(target.server);
    for (const tab of tabs) await tab.getByRole('row', { name: /three .*Ready/ }).waitFor();
    assert.deepEqual(
      streams.filter((url) => url.includes('/fleet')),
      [],
    );
    await visitor.page.close();
    await bed.client.delete('three');
    for (const tab of tabs.slice(1)) await tab.getByText('2 of 2 clusters').waitFor();
  });

  it('says since when its data is old while the server is away, and goes on by itself', async () => {
    await using visitor = await bed.visit('/console/clusters');
    const { page } = visitor;
    await page.getByText('live').waitFor();
    visitor.expect(AWAY);
    await bed.server.stop();
    await page.getByText(/reconnecting, data of/).waitFor();
    await page.getByRole('row', { name: /one .*Ready/ }).waitFor();
    await bed.server.start();
    await page.getByText('live').waitFor();
    const target = await bed.cluster();
    await bed.client.save('four', workerBody(target));
    await page.getByRole('row', { name: /four/ }).waitFor();
    await bed.client.delete('four');
    await page.getByText('2 of 2 clusters').waitFor();
  });

  it('says that it connects, and of no break, before the first changes can arrive', async () => {
    await using visitor = await bed.visit('/console/clusters');
    const { page } = visitor;
    const held = Promise.withResolvers<void>();
    await page.route('**/api/v1/fleet', async (route) => {
      if (route.request().headers()['accept'] === 'text/event-stream') await held.promise;
      await route.continue();
    });
    await page.reload();
    await page.getByRole('row', { name: /one .*Ready/ }).waitFor();
    await page.getByText('connecting', { exact: true }).waitFor();
    held.resolve();
    await page.getByText('live', { exact: true }).waitFor();
  });

  it('moves through the rows by keys', async () => {
    await using visitor = await bed.visit('/console/clusters');
    const { page } = visitor;
    await page.getByRole('link', { name: 'one', exact: true }).focus();
    await page.keyboard.press('j');
    await page.locator('a:focus', { hasText: /^two$/ }).waitFor();
    await page.keyboard.press('Home');
    await page.locator('a:focus', { hasText: /^one$/ }).waitFor();
  });
});
