import { setTimeout as delay } from 'node:timers/promises';
import type { ServerResponse } from 'node:http';

/** What a real server does not do on demand. */
export interface Fault {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Which requests a fault is for. */
export type FaultTarget = 'api' | 'fetch' | 'push';

export class Faults {
  readonly #pending = new Map<FaultTarget, Fault[]>();
  /** How long a push takes besides its own time, in milliseconds. */
  pushMilliseconds = 0;
  /** So many pushes are carried out without their answer reaching the client. */
  lostReplies = 0;

  /** The next requests of the kind are answered so. */
  answer(target: FaultTarget, fault: Fault, count = 1): void {
    const list = this.#pending.get(target) ?? [];
    this.#pending.set(target, [...list, ...Array.from({ length: count }, () => fault)]);
  }

  clear(): void {
    this.#pending.clear();
    this.pushMilliseconds = 0;
    this.lostReplies = 0;
  }

  /** Answers with a fault if there is one for the request. */
  intercept(target: FaultTarget, response: ServerResponse): boolean {
    const fault = this.#pending.get(target)?.shift();
    if (fault === undefined) return false;
    response.writeHead(fault.status, { 'content-type': 'text/plain', ...fault.headers }).end(fault.body ?? '');
    return true;
  }

  async beforePush(): Promise<void> {
    if (this.pushMilliseconds > 0) await delay(this.pushMilliseconds);
  }

  losesReply(): boolean {
    if (this.lostReplies === 0) return false;
    this.lostReplies -= 1;
    return true;
  }
}
