import type { Page } from 'playwright-core';
import { median } from './load.ts';

/** Frames that a page drew. */
export interface Frames {
  readonly perSecond: number;
  /** Between each and the next. */
  readonly milliseconds: readonly number[];
  /** Tasks of 50 milliseconds and more that came between. */
  readonly longTasks: readonly number[];
}

export interface PageMemory {
  /** Of JavaScript, after a collection of garbage. */
  readonly bytes: number;
  readonly nodes: number;
}

/** Pixels that a page scrolls with each frame: some 40 rows a second. */
const SCROLL_STEP = 40;
/** Between keys, in milliseconds: a fast typist. */
const KEY_DELAY = 80;
/** Longest wait for an element or a text, in milliseconds. */
const PATIENCE = 30_000;

/** Measures a page from within it. */
export class BrowserPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Loads the address so many times. @returns the median of the milliseconds until the frame with the element */
  async loads(url: string, selector: string, count: number): Promise<number> {
    const times: number[] = [];
    for (let number = 0; number <= count; number += 1) {
      await this.page.goto(url, { waitUntil: 'commit' });
      times.push(await this.page.evaluate<number>(firstFrameWith(selector)));
    }
    return median(times.slice(1)); // the first fills the cache
  }

  frames(seconds: number, isScrolling: boolean): Promise<Frames> {
    return this.page.evaluate<Frames>(countFrames(seconds * 1000, isScrolling ? SCROLL_STEP : 0));
  }

  /** Types a text into a field. @returns milliseconds from each key to the next paint */
  async type(selector: string, text: string): Promise<readonly number[]> {
    await this.page.evaluate(OBSERVE_KEYS);
    await this.page.locator(selector).first().pressSequentially(text, { delay: KEY_DELAY });
    await this.page.waitForFunction(`window.benchKeys.length >= ${text.length}`);
    return this.page.evaluate<readonly number[]>('window.benchKeys');
  }

  /** @returns when the element was drawn with the text, in milliseconds since 1970 */
  whenDrawn(selector: string, text: string): Promise<number> {
    return this.page.evaluate<number>(whenDrawn(selector, text));
  }

  async memory(): Promise<PageMemory> {
    const session = await this.page.context().newCDPSession(this.page);
    try {
      await session.send('Performance.enable');
      await session.send('HeapProfiler.collectGarbage');
      await session.send('HeapProfiler.collectGarbage');
      const { metrics } = await session.send('Performance.getMetrics');
      const value = (wanted: string): number => metrics.find(({ name }) => name === wanted)?.value ?? Number.NaN;
      return { bytes: value('JSHeapUsedSize'), nodes: value('Nodes') };
    } finally {
      await session.detach();
    }
  }
}

/** Since the navigation began. */
function firstFrameWith(selector: string): string {
  const element = JSON.stringify(selector);
  const isThere = `document.querySelector(${element}) !== null`;
  return `new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(${element} + ' was not drawn at ' + location.href)), ${PATIENCE});
    const told = () => {
      clearTimeout(timer);
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
    };
    if (${isThere}) return told();
    const observer = new MutationObserver(() => {
      if (!(${isThere})) return;
      observer.disconnect();
      told();
    });
    observer.observe(document, { childList: true, subtree: true });
  })`;
}

function countFrames(milliseconds: number, step: number): string {
  return `new Promise((resolve) => {
    const between = [], longTasks = [];
    const observer = new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ duration }) => duration)));
    observer.observe({ type: 'longtask' });
    const begin = performance.now();
    let last = begin, direction = 1;
    const frame = (now) => {
      between.push(now - last);
      last = now;
      const { scrollHeight } = document.documentElement;
      if (scrollY + innerHeight >= scrollHeight - 1) direction = -1;
      else if (scrollY <= 0) direction = 1;
      if (${step} > 0) scrollBy(0, direction * ${step});
      if (now - begin < ${milliseconds}) return requestAnimationFrame(frame);
      observer.disconnect();
      const perSecond = between.length / ((now - begin) / 1000);
      resolve({ perSecond, milliseconds: between.slice(1), longTasks });
    };
    requestAnimationFrame(frame);
  })`;
}

const OBSERVE_KEYS = `(() => {
  window.benchKeys = [];
  addEventListener('keydown', ({ timeStamp }) =>
    requestAnimationFrame(() => setTimeout(() => window.benchKeys.push(performance.now() - timeStamp))), true);
})()`;

function whenDrawn(selector: string, text: string): string {
  const isThere = `document.querySelector(${JSON.stringify(selector)})?.textContent.includes(${JSON.stringify(text)})`;
  return `new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('it was not drawn')), ${PATIENCE});
    const observer = new MutationObserver(() => {
      if (!(${isThere})) return;
      observer.disconnect();
      clearTimeout(timer);
      requestAnimationFrame(() => setTimeout(() => resolve(Date.now())));
    });
    observer.observe(document.body, { childList: true, subtree: true, characterData: true });
  })`;
}
