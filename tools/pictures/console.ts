/** Takes pictures of the web console in both languages for README and guide, of simulated clusters. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { browserMissing, DEFAULT_LOOK, type Look, Visitor } from '../../test/console/browser.ts';
import type { TargetCluster } from '../../test/harness/target-cluster.ts';
import { ConsoleBed } from '../../test/console/console-bed.ts';

const OUTPUT = join(import.meta.dirname, '../../docs/pictures');
const HEIGHT = 760;
const ROW = '[role=row][data-index]';
const LEAVING = 'staging-eu';
/** The one that does not answer. */
const AWAY = 'payments-us';

const missing = browserMissing();
if (missing !== false) {
  console.error(missing);
  process.exit(1);
}
await mkdir(OUTPUT, { recursive: true });
await using bed = await ConsoleBed.open(6);
const names = ['payments-eu', 'payments-us', 'ci-tokyo', 'host-frankfurt', LEAVING];
const bodies: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'host-frankfurt': { usage: 'host' },
  'ci-tokyo': { worker_type: 'pipeline' },
};
const targets = new Map<string, TargetCluster>();
for (const name of names) targets.set(name, await bed.register(name, bodies[name]));
for (const name of names) await bed.client.waitForPhase(name, 'Ready');
const leaving = await bed.client.status(LEAVING);
await bed.client.delete(LEAVING);
await bed.client.waitForReceipt(LEAVING, leaving?.incarnation ?? '');
await targets.get(AWAY)?.setReachable(false);
await bed.client.waitFor(AWAY, (status) => status !== undefined && status.phase !== 'Ready', 'trouble');
const { kubeconfig } = await bed.cluster();
for (const language of ['en', 'zh'] as const) await takeAll(language);

async function takeAll(language: Look['language']): Promise<void> {
  const width = 1180;
  await take(language, { name: 'overview', path: '', shown: 'a[href*="version="]', width });
  await take(language, { name: 'cluster', path: '/clusters/payments-eu', shown: '[role=img]', width });
  await take(language, { name: 'list-dark', path: '/clusters', shown: ROW, width, scheme: 'dark' });
  await take(language, { name: 'narrow', path: '/clusters', shown: ROW, width: 390 });
  await take(language, { name: 'receipt', path: `/clusters/${LEAVING}`, shown: 'summary', width });
  await take(language, {
    name: 'register',
    path: '/register',
    shown: 'input[type=file]',
    width,
    before: async ({ page }) => {
      const buffer = Buffer.from(kubeconfig);
      await page.locator('input[type=file]').setInputFiles({ name: 'config', mimeType: 'text/plain', buffer });
      await page.locator('button[type=submit]').click();
      await page.locator('[role=status] svg').first().waitFor();
    },
  });
}

interface Picture extends Partial<Pick<Look, 'scheme' | 'width'>> {
  readonly name: string;
  /** Below `/console`. */
  readonly path: string;
  /** What is there once the page is complete. */
  readonly shown: string;
  /** What somebody does there. */
  readonly before?: (visitor: Visitor) => Promise<void>;
}

async function take(language: Look['language'], { name, path, shown, before, ...look }: Picture): Promise<void> {
  await using visitor = await Visitor.arrive(bed.browser, { ...DEFAULT_LOOK, ...look, language });
  visitor.expect(/404/); // of a cluster that is gone
  const { page } = visitor;
  await page.setViewportSize({ width: look.width ?? DEFAULT_LOOK.width, height: HEIGHT });
  await visitor.signIn(bed.url, bed.client.token, `/console${path}`);
  await page.locator(shown).first().waitFor({ state: 'attached' });
  await before?.(visitor);
  await page.evaluate('document.activeElement?.blur()');
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(OUTPUT, `console-${name}-${language}.png`) });
}
