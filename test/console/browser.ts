import assert from 'node:assert/strict';
import { accessSync, constants, existsSync } from 'node:fs';
import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { join } from 'node:path';

/** Where systems have Chromium; another place is given by CHROMIUM. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const SHELL = join(import.meta.dirname, '../../dist/console/index.html');

/** Of the window, in CSS pixels. */
const HEIGHT = 860;

/** Longest wait for something on a page, in milliseconds. */
const PATIENCE = 60_000;

function chromiumPath(): string | undefined {
  return [process.env['CHROMIUM'] ?? '', ...PLACES].find((place) => place !== '' && isProgram(place));
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Why there can be no browser tests, or `false` when there can. */
export function browserMissing(): string | false {
  if (chromiumPath() === undefined) return 'there is no Chromium (CHROMIUM=… names one)';
  return existsSync(SHELL) ? false : 'the console is not built (make console)';
}

/** Without a way to other machines. @param more arguments of Chromium */
export function startBrowser(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath() ?? '',
    args: ['--disable-gpu', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost', ...more],
  });
}

/** How a page is shown. */
export interface Look {
  readonly language: 'en' | 'zh';
  readonly scheme: 'light' | 'dark';
  /** Of the window, in CSS pixels. */
  readonly width: number;
}

export const DEFAULT_LOOK: Look = { language: 'en', scheme: 'light', width: 1280 };

/** How a page looks besides its language. */
type Shape = Pick<Look, 'scheme' | 'width'>;

/** The looks in which every page is examined: with both languages every two of language, scheme and width. */
export const LOOKS: Readonly<Record<Look['language'], readonly [Shape, ...Shape[]]>> = {
  en: [
    { scheme: 'light', width: 1280 },
    { scheme: 'dark', width: 768 },
    { scheme: 'dark', width: 360 },
  ],
  zh: [
    { scheme: 'dark', width: 1280 },
    { scheme: 'light', width: 768 },
    { scheme: 'light', width: 360 },
  ],
};

/** Has every violation of the Content-Security-Policy in the console, whether the browser says it or not. */
const REPORT_VIOLATIONS = `addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
  console.error('policy violated: ' + violatedDirective + ' ' + blockedURI));`;

/**
 * Pages of one visitor. A test fails at the visitor's end when a page violated its policy, had an error in the browser's
 * console, an exception, or a request to another origin.
 */
export class Visitor implements AsyncDisposable {
  readonly page: Page;
  readonly #context: BrowserContext;
  readonly #complaints: string[] = [];
  readonly #expected: RegExp[] = [];

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.page = page;
    this.#listen(page);
  }

  static async arrive(browser: Browser, look: Partial<Look> = {}): Promise<Visitor> {
    const { language, scheme, width } = { ...DEFAULT_LOOK, ...look };
    const context = await browser.newContext({
      locale: language === 'zh' ? 'zh-CN' : 'en-GB',
      colorScheme: scheme,
      reducedMotion: 'reduce',
      viewport: { width, height: HEIGHT },
    });
    context.setDefaultTimeout(PATIENCE);
    await context.addInitScript(REPORT_VIOLATIONS);
    return new Visitor(context, await context.newPage());
  }

  /** Another tab of the same browser. */
  async tab(): Promise<Page> {
    const page = await this.#context.newPage();
    this.#listen(page);
    return page;
  }

  /** Signs in with a token, on the page that is asked for. */
  async signIn(url: string, token: string, path = '/console'): Promise<void> {
    await this.page.goto(`${url}${path}`);
    await this.page.locator('input[name=token]').fill(token);
    await this.page.locator('button[type=submit]').click();
    await this.page.locator('nav').first().waitFor({ state: 'attached' });
  }

  /** Has the page get other replies than the server gives. @param paths of the API that are meant */
  async alter(paths: RegExp, change: (body: ReplyLists) => unknown): Promise<void> {
    await this.page.route(paths, async (route) => {
      const reply = await route.fetch();
      await route.fulfill({ response: reply, json: change((await reply.json()) as ReplyLists) });
    });
  }

  /** What a test brings about is no reason for it to fail: browsers report each answer of 400 and above. */
  expect(...complaints: readonly RegExp[]): void {
    this.#expected.push(...complaints);
  }

  /** The page as it is now in another scheme and width. */
  async show({ scheme, width }: Shape): Promise<void> {
    await this.page.setViewportSize({ width, height: HEIGHT });
    await this.page.emulateMedia({ colorScheme: scheme });
  }

  /** Findings of axe on the page in all looks of a language, and what is wider than the window. */
  async findingsInLooks(language: Look['language']): Promise<readonly string[]> {
    const found: string[] = [];
    for (const [index, shape] of LOOKS[language].entries()) {
      await this.show(shape);
      const findings = await this.findings(index === 0 ? ALL_RULES : RULES_OF_LOOKS);
      found.push(...findings.map((each) => `${language} ${shape.scheme} ${shape.width}: ${each}`));
    }
    return found;
  }

  /** Findings of axe on the page as it is now, one line each, and what is wider than the window. */
  async findings(rules: string = ALL_RULES): Promise<readonly string[]> {
    const { page } = this;
    if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(axe.source);
    const { violations } = await page.evaluate<Found>(`axe.run({ runOnly: ${rules} })`);
    const found = violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary ?? ''}`),
    );
    const tooWide = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
    if (tooWide > 0) found.push(`it is ${tooWide} pixels wider than the window`);
    return [...found, ...(await page.evaluate<readonly string[]>(SCROLLED_ON_PHONES))];
  }

  #listen(page: Page): void {
    page.on('console', (message) => {
      if (message.type() === 'error') this.#complaints.push(`${message.text()} ${message.location().url}`);
    });
    page.on('pageerror', (error) => this.#complaints.push(String(error)));
    page.on('request', (request) => {
      const url = request.url();
      const isOwn = request.isNavigationRequest() || /^(data|blob):/.test(url);
      if (!isOwn && new URL(url).origin !== new URL(page.url()).origin) this.#complaints.push(`it asked for ${url}`);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Replies that are altered just then would fail after the test.
    if (!this.page.isClosed()) await this.page.unrouteAll({ behavior: 'ignoreErrors' });
    await this.#context.close();
    const unexpected = this.#complaints.filter((each) => !this.#expected.some((pattern) => pattern.test(each)));
    assert.deepEqual(unexpected, [], 'what the pages complained about');
  }
}

/** Lists of replies that tests alter; each reply has some of them. */
export interface ReplyLists {
  readonly components: readonly { readonly name: string }[];
  readonly items: readonly { readonly name: string }[];
  readonly conditions: readonly { readonly type: string }[];
  readonly parts: readonly object[];
}

interface Found {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

/** What has to be moved sideways to be read on a phone, besides texts that are shown line by line. */
const SCROLLED_ON_PHONES = `[...document.querySelectorAll(innerWidth > 400 ? 'none' : 'main *')]
  .filter((each) => /auto|scroll/.test(getComputedStyle(each).overflowX) && each.scrollWidth > each.clientWidth + 1)
  .filter(({ tagName }) => tagName !== 'PRE')
  .map(({ outerHTML }) => 'it is moved sideways: ' + outerHTML.slice(0, 200))`;

/** WCAG 2.2 AA and what is good practice. */
const ALL_RULES = JSON.stringify({
  type: 'tag',
  values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
});

/** What can be right in one look and wrong in another. */
const RULES_OF_LOOKS = JSON.stringify({
  type: 'rule',
  values: ['color-contrast', 'target-size', 'scrollable-region-focusable', 'aria-hidden-focus', 'link-in-text-block'],
});
