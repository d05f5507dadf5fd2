import { existsSync } from 'node:fs';
import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { join } from 'node:path';

/** Where systems have Chromium; another place is given by CHROMIUM. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const SHELL = join(import.meta.dirname, '../../dist/console/index.html');

/** Longest wait for something on a page, in milliseconds. */
const PATIENCE = 60_000;

function chromiumPath(): string | undefined {
  return [process.env['CHROMIUM'] ?? '', ...PLACES].find((place) => place !== '' && existsSync(place));
}

/** Why there can be no browser tests, or `false` when there can. */
export function browserMissing(): string | false {
  if (chromiumPath() === undefined) return 'there is no Chromium (CHROMIUM=… names one)';
  return existsSync(SHELL) ? false : 'the console is not built (make console)';
}

export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath() ?? '',
    args: ['--disable-gpu', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost'],
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

/** Every two of language, scheme and width together. */
const LOOKS: readonly Look[] = [
  { language: 'en', scheme: 'light', width: 1280 },
  { language: 'en', scheme: 'dark', width: 360 },
  { language: 'zh', scheme: 'dark', width: 1280 },
  { language: 'zh', scheme: 'light', width: 360 },
];

const OPPOSITE_LOOKS: readonly Look[] = [
  { language: 'en', scheme: 'light', width: 1280 },
  { language: 'zh', scheme: 'dark', width: 360 },
];

/** Pages of one visitor, and what they complained about. */
export class Visitor implements AsyncDisposable {
  readonly page: Page;
  readonly #context: BrowserContext;
  /** Violations of the policy, errors in the browser's console, and exceptions. */
  readonly complaints: string[] = [];

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
      viewport: { width, height: 860 },
    });
    context.setDefaultTimeout(PATIENCE);
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

  /**
   * Findings of axe, and what does not fit, on a page in both languages, schemes and widths, in pairs that have every two of them
   * together.
   * @param shown waits until the page is there; the language can have changed
   */
  findingsInEveryLook(path: string, shown: (page: Page) => Promise<unknown>): Promise<readonly string[]> {
    return this.#findings(LOOKS, path, shown);
  }

  /** The same in two looks that differ in everything, for pages made of the parts of others. */
  findingsInTwoLooks(path: string, shown: (page: Page) => Promise<unknown>): Promise<readonly string[]> {
    return this.#findings(OPPOSITE_LOOKS, path, shown);
  }

  async #findings(
    looks: readonly Look[],
    path: string,
    shown: (page: Page) => Promise<unknown>,
  ): Promise<readonly string[]> {
    const { page } = this;
    const found: string[] = [];
    for (const { language, scheme, width } of looks) {
      await page.setViewportSize({ width, height: 860 });
      await page.emulateMedia({ colorScheme: scheme });
      await page.evaluate(`localStorage.setItem('nautes.language', '${language}')`);
      await page.goto(path);
      await shown(page);
      const findings = await this.accessibilityFindings();
      const needed = await page.evaluate<number>('document.documentElement.scrollWidth');
      const name = `${language} ${scheme} ${width}`;
      found.push(...findings.map((each) => `${name}: ${each}`));
      if (needed > width) found.push(`${name}: needs ${needed} pixels`);
    }
    await page.setViewportSize({ width: DEFAULT_LOOK.width, height: 860 });
    await page.evaluate(`localStorage.setItem('nautes.language', 'en')`);
    return found;
  }

  /** Findings of axe on the page as it is now, one line each. */
  async accessibilityFindings(page = this.page): Promise<readonly string[]> {
    await page.evaluate(axe.source);
    const found = await page.evaluate<Found>(`axe.run({ runOnly: ${JSON.stringify(RULES)} })`);
    return found.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary ?? ''}`),
    );
  }

  #listen(page: Page): void {
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(String(error)));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#context.close();
  }
}

interface Found {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

/** Tags of axe: WCAG 2.2 AA and what is good practice. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
