import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { NautesProcess } from '../harness/nautes-process.ts';
import { browserMissing, startBrowser, Visitor } from './browser.ts';

describe('the frame of the console', { skip: browserMissing() }, () => {
  let browser: Browser;
  let server: NautesProcess;
  let token: string;

  before(async () => {
    browser = await startBrowser();
    server = await NautesProcess.start({ configuration: { log: { level: 'warn' } } });
    ({ token } = await server.client('maintainer', 'ada'));
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
    assert.deepEqual(
      visitor.complaints.filter((each) => !each.includes('401')),
      [],
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
    assert.deepEqual(visitor.complaints, []);
  });

  it('has no finding of axe at the login and without clusters, in both languages, schemes and widths', async () => {
    await using visitor = await Visitor.arrive(browser);
    const { page } = visitor;
    await page.goto(`${server.url}/console`);
    const login = page.locator('input[name=token]');
    await login.waitFor();
    assert.deepEqual(await visitor.findingsInEveryLook(page.url(), () => login.waitFor()), []);
    await visitor.signIn(server.url, token);
    const empty = page.getByText('nautes sandbox');
    assert.deepEqual(await visitor.findingsInEveryLook(`${server.url}/console`, () => empty.waitFor()), []);
    assert.deepEqual(visitor.complaints, []);
  });
});
