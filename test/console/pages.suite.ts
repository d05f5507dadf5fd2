import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { browserMissing, LOOKS, type Look, Visitor } from './browser.ts';
import { ConsoleBed } from './console-bed.ts';

const ROUTER = join(import.meta.dirname, '../../console/src/app/router.tsx');

/** Every page by its route: an address of it, and what is there once it is complete, in any language. */
const pages: Readonly<Record<string, { readonly path: string; readonly shown: string }>> = {
  '/login': { path: '/login', shown: 'input[name=token]' },
  '/': { path: '', shown: 'a[href*="version="]' },
  '/clusters': { path: '/clusters', shown: 'a[href$="/clusters/one"]' },
  '/clusters/$name': { path: '/clusters/one', shown: '[role=img]' },
  '/clusters/$name/components': { path: '/clusters/one/components', shown: 'td' },
  '/clusters/$name/events': { path: '/clusters/one/events', shown: 'main time' },
  '/clusters/$name/objects': { path: '/clusters/one/objects', shown: 'td' },
  '/clusters/$name/repairs': { path: '/clusters/one/repairs', shown: 'td' },
  '/clusters/$name/history': { path: '/clusters/one/history', shown: 'summary' },
  '/clusters/$name/history/$commit': { path: '/clusters/one/history/COMMIT', shown: 'pre' },
  '/clusters/$name/file': { path: '/clusters/one/file', shown: 'pre' },
  '/clusters/$name/edit': { path: '/clusters/one/edit', shown: 'button[type=submit]' },
  '/clusters/$name/delete': { path: '/clusters/one/delete', shown: 'main li' },
  '/register': { path: '/register', shown: 'button[type=submit]' },
  '/clusters/$name/receipt': { path: '/clusters/gone/receipt', shown: 'summary' },
  '/register/virtual': { path: '/register/virtual', shown: 'button[type=submit]' },
  '/components': { path: '/components', shown: 'td' },
  '/components/$component': { path: '/components/argocd', shown: 'main summary' },
  '/server/tokens': { path: '/server/tokens', shown: 'td' },
  '/events': { path: '/events', shown: 'main time' },
  '/receipts': { path: '/receipts', shown: 'main li' },
  '/server': { path: '/server', shown: 'td' },
  'a receipt': { path: '/clusters/gone', shown: 'summary' },
  'no such cluster': { path: '/clusters/never', shown: 'h1' },
  $: { path: '/nowhere', shown: 'h1' },
};

/** Tests every page in one language; a file each, as together they take long on a busy machine. */
export function testPages(language: Look['language']): void {
  describe(`every page of the console: ${language}`, { skip: browserMissing() }, () => {
    let bed: ConsoleBed;
    /** That has registered the cluster `one`. */
    let commit = '';

    before(async () => {
      bed = await ConsoleBed.open(2);
      await Promise.all([bed.register('one'), bed.register('gone')]);
      const [, gone] = await Promise.all(['one', 'gone'].map((name) => bed.client.waitForPhase(name, 'Ready')));
      await bed.client.delete('gone');
      const { body } = await bed.client.request('GET', '/api/v1/clusters/one/history');
      [{ commit }] = (body as unknown as { readonly items: readonly [{ readonly commit: string }] }).items;
      await bed
        .kubectl('one')
        .patch('/apis/apps/v1/namespaces/argocd/deployments/argocd-server', { spec: { replicas: 3 } });
      await bed.client.waitForReceipt('gone', gone?.incarnation ?? '');
    });
    after(() => bed?.[Symbol.asyncDispose]());

    it('is in this test', async () => {
      const source = await readFile(ROUTER, 'utf8');
      const nested = /const clusterPages = \[([^\]]*)\]/.exec(source)?.[1] ?? '';
      const routes = [...source.replace(nested, '').matchAll(/ path: '([^']+)'/g)].map(([, path = '']) => path);
      const parts = [...nested.matchAll(/ path: '([^']+)'/g)].map(([, path = '']) => `/clusters/$name${path}`);
      const wanted = [...routes, ...parts.map((path) => path.replace(/\/$/, ''))];
      assert.ok(wanted.length > 10);
      assert.deepEqual(
        wanted.filter((path) => !(path in pages)),
        [],
      );
    });

    it('has no finding of axe and fits, in both schemes and three widths', async () => {
      await using visitor = await Visitor.arrive(bed.browser, { language, ...LOOKS[language][0] });
      const { page } = visitor;
      const found: string[] = [];
      const examine = async (name: string): Promise<void> => {
        const { path, shown } = pages[name] ?? { path: '', shown: '' };
        await visitor.show(LOOKS[language][0]);
        await page.goto(`${bed.url}/console${path.replace('COMMIT', commit)}`);
        const there = page.locator(shown).first().waitFor({ state: 'attached' });
        await there.catch((error: unknown) => assert.fail(`${name}: ${String(error)}\n${page.url()}`));
        found.push(...(await visitor.findingsInLooks(language)).map((each) => `${name}: ${each}`));
      };
      await examine('/login');
      await visitor.signIn(bed.url, bed.client.token);
      visitor.expect(/404 .*\/clusters\/(gone|never)/);
      for (const name of Object.keys(pages)) if (name !== '/login') await examine(name);
      assert.deepEqual(found, []);
    });
  });
}
