/** Takes pictures of the web console in both languages for the guide, of simulated clusters. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { browserMissing, Visitor } from '../../test/console/browser.ts';
import { ConsoleBed } from '../../test/console/console-bed.ts';

const OUTPUT = join(import.meta.dirname, '../../docs/pictures');
const SIZE = { width: 1180, height: 760 };

const missing = browserMissing();
if (missing !== false) {
  console.error(missing);
  process.exit(1);
}
await mkdir(OUTPUT, { recursive: true });
await using bed = await ConsoleBed.open(4);
await Promise.all([
  bed.register('payments-eu'),
  bed.register('payments-us'),
  bed.register('host-frankfurt', { usage: 'host' }),
]);
for (const name of ['payments-eu', 'payments-us', 'host-frankfurt']) await bed.client.waitForPhase(name, 'Ready');
const kubeconfig = (await bed.cluster()).kubeconfig;
for (const language of ['en', 'zh'] as const) {
  await using visitor = await Visitor.arrive(bed.browser, { language });
  const { page } = visitor;
  await page.setViewportSize(SIZE);
  await visitor.signIn(bed.url, bed.client.token);
  const take = (name: string): Promise<unknown> =>
    page.screenshot({ path: join(OUTPUT, `console-${name}-${language}.png`) });
  await page.locator('a[href*="version="]').first().waitFor();
  await take('overview');
  await page.goto(`${bed.url}/console/clusters/payments-eu`);
  await page.getByRole('img').waitFor();
  await take('cluster');
  await page.goto(`${bed.url}/console/register`);
  const buffer = Buffer.from(kubeconfig);
  await page.locator('input[type=file]').setInputFiles({ name: 'config', mimeType: 'text/plain', buffer });
  await page.locator('button[type=submit]').click();
  await page.locator('[role=status] svg').first().waitFor();
  await take('register');
}
