import type { ReceiptView, StatusView } from '../../src/contract/views.ts';
import { setTimeout as delay } from 'node:timers/promises';
import type { Phase } from '../../src/resources/phase.ts';
import { PATIENCE_MILLISECONDS } from './wait-until.ts';

export interface ApiReply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface ClusterEventView {
  readonly id: number;
  readonly cluster: string;
  readonly reason: string;
  readonly message: string;
  readonly subject: string;
  readonly type: string;
}

/** The HTTP API as any client would use it. */
export class ApiClient {
  readonly #url: () => string;
  readonly token: string;

  constructor(url: () => string, token: string) {
    this.#url = url;
    this.token = token;
  }

  async request(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<ApiReply> {
    const reply = await fetch(`${this.#url()}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(PATIENCE_MILLISECONDS),
    });
    const text = await reply.text();
    const parsed: unknown = text.startsWith('{') ? JSON.parse(text) : { text };
    return { status: reply.status, headers: reply.headers, body: parsed as Record<string, unknown> };
  }

  save(name: string, body: Readonly<Record<string, unknown>>, query = ''): Promise<ApiReply> {
    return this.request('POST', `/api/v1/clusters/${name}${query}`, body);
  }

  delete(name: string, query = ''): Promise<ApiReply> {
    return this.request('DELETE', `/api/v1/clusters/${name}${query}`);
  }

  async status(name: string): Promise<StatusView | undefined> {
    const { status, body } = await this.request('GET', `/api/v1/clusters/${name}/status`);
    return status === 200 ? (body as unknown as StatusView) : undefined;
  }

  async receipt(name: string): Promise<ReceiptView | undefined> {
    const { status, body } = await this.request('GET', `/api/v1/clusters/${name}/receipt`);
    return status === 200 ? (body as unknown as ReceiptView) : undefined;
  }

  async events(name: string): Promise<readonly ClusterEventView[]> {
    const headers = { accept: 'application/json' };
    const { body } = await this.request('GET', `/api/v1/clusters/${name}/events`, undefined, headers);
    const items = body['items'] ?? body['events'];
    return Array.isArray(items) ? (items as ClusterEventView[]) : [];
  }

  /**
   * Waits until the controllers have ended that many more runs, for whichever cluster: what they would do by then they
   * have done. For tests that something does not happen.
   */
  async waitForRuns(more: number, milliseconds = PATIENCE_MILLISECONDS): Promise<void> {
    const deadline = Date.now() + milliseconds;
    const wanted = (await this.#runs()) + more;
    while ((await this.#runs()) < wanted) {
      if (Date.now() > deadline) throw new Error(`the controllers have not run ${more} times more`);
      await delay(100);
    }
  }

  async #runs(): Promise<number> {
    const { body } = await this.request('GET', '/metrics');
    const counts = String(body['text']).matchAll(/^nautes_reconcile_total\{.*\} (\d+)$/gm);
    return [...counts].reduce((sum, [, count = '0']) => sum + Number(count), 0);
  }

  /** Waits until the cluster is in the phase; fails with what it shows after the time. */
  async waitForPhase(name: string, phase: Phase, milliseconds = PATIENCE_MILLISECONDS): Promise<StatusView> {
    return this.waitFor(name, (status) => status?.phase === phase, `phase ${phase}`, milliseconds);
  }

  async waitFor(
    name: string,
    test: (status: StatusView | undefined) => boolean,
    what: string,
    milliseconds = PATIENCE_MILLISECONDS,
  ): Promise<StatusView> {
    const deadline = Date.now() + milliseconds;
    for (;;) {
      const status = await this.status(name);
      if (status !== undefined && test(status)) return status;
      if (Date.now() > deadline)
        throw new Error(`${name} did not reach ${what}: ${JSON.stringify(status, undefined, 1)}`);
      await delay(100);
    }
  }

  /** Waits until the cluster is gone and its receipt is there. */
  async waitForReceipt(name: string, incarnation: string, milliseconds = PATIENCE_MILLISECONDS): Promise<ReceiptView> {
    const deadline = Date.now() + milliseconds;
    for (;;) {
      const receipt = await this.receipt(name);
      if (receipt?.incarnation === incarnation) return receipt;
      if (Date.now() > deadline) throw new Error(`no receipt for ${name}: ${JSON.stringify(await this.status(name))}`);
      await delay(100);
    }
  }
}
