import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import type { ApiClient } from '../harness/api-client.ts';
import { NautesProcess } from '../harness/nautes-process.ts';
import { browserMissing, startBrowser, Visitor } from './browser.ts';

describe('the frame of the console', { skip: browserMissing() }, () => {
  let browser: Browser;
  let server: NautesProcess;
  let client: ApiClient;
  let token: string;

  before(async () => {
    browser = await startBrowser();
    server = await NautesProcess.start({ configuration: { log: { level: 'warn' } } });
    client = await server.client('maintainer', 'ada');
    ({ token } = client);
  });
  after(async () => {
    await browser?.close();
    await server?.[Symbol.asyncDispose]();
  });

  it('asks for a token, says why one is refused, and comes back to the page that was asked for', async () => {
    await using visitor = await Visitor.arrive(browser);
    const { page } = visitor;
    await page.goto(`${server.url}/console/?x=1`);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    assert.equal(await page.title(), 'Sign in · Nautes');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Enter a token.').waitFor();
    visitor.expect(/401 .*\/session$/);
    await page.getByRole('textbox', { name: 'Token' }).fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByRole('textbox', { name: 'Token' }).fill(token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    assert.match(page.url(), /\/console\/?\?x=1$/);
    const cookies = await page.context().cookies();
    assert.deepEqual(
      cookies.map(({ httpOnly, sameSite }) => ({ httpOnly, sameSite })),
      [{ httpOnly: true, sameSite: 'Strict' }],
    );
  });

  it('is shown in Chinese and in the dark, keeps that, and signs out', async () => {
    await using visitor = await Visitor.arrive(browser);
    const { page } = visitor;
    await visitor.signIn(server.url, token);
    const account = page.getByRole('button', { name: /Account and settings/ });
    await account.click();
    await page.getByText('Dark', { exact: true }).click();
    await page.getByText('中文').click();
    await page.getByRole('heading', { name: '概览' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: '概览' }).waitFor();
    assert.equal(await page.evaluate('document.documentElement.lang'), 'zh-CN');
    assert.equal(await page.evaluate('document.documentElement.dataset.mantineColorScheme'), 'dark');
    await page.getByRole('button', { name: /账号与设置/ }).click();
    await page.getByRole('menuitem', { name: '退出登录' }).click();
    await page.getByRole('heading', { name: '登录' }).waitFor();
    await page.goto(`${server.url}/console`);
    await page.getByRole('heading', { name: '登录' }).waitFor();
  });

  it('is signed in by a link once, which leaves the address', async () => {
    await using visitor = await Visitor.arrive(browser);
    const { page } = visitor;
    const { body } = await client.request('POST', '/api/v1/session/links');
    await page.goto(`${server.url}${String(body['path'])}`);
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    assert.equal(page.url(), `${server.url}/console/`);
    await page.goBack();
    await page.goForward();
    assert.doesNotMatch(page.url(), /link=/);
    await using other = await Visitor.arrive(browser);
    other.expect(/401 .*\/session$/);
    await other.page.goto(`${server.url}${String(body['path'])}`);
    await other.page.getByRole('alert').getByText('the login link was used already').waitFor();
    assert.equal(other.page.url(), `${server.url}/console/login`);
  });

  it('has its navigation beside the word that there is no such page', async () => {
    await using visitor = await Visitor.arrive(browser);
    const { page } = visitor;
    await visitor.signIn(server.url, token, '/console/nowhere/at/all');
    await page.getByRole('heading', { level: 1, name: 'There is no such page' }).waitFor();
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Server' }).click();
    await page.getByRole('heading', { level: 1, name: 'Server' }).waitFor();
  });

  it('shows how to begin where there are no clusters', async () => {
    for (const language of ['en', 'zh'] as const) {
      await using visitor = await Visitor.arrive(browser, { language });
      await visitor.signIn(server.url, token);
      await visitor.page.getByText('nautes sandbox').waitFor();
      assert.deepEqual(await visitor.findingsInLooks(language), []);
    }
  });
});
