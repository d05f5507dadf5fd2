import type { RequestObserver } from '../../../sandbox/index.ts';
import type { LeaseHistory } from './lease-history.ts';

export interface LoggedRequest {
  /** Milliseconds, when it arrived. */
  readonly at: number;
  /** Index of the simulated cluster. */
  readonly cluster: number;
  /** Name of the member that worked; empty for requests of others. */
  readonly member: string;
  readonly method: string;
  readonly path: string;
}

/** The test may see a change, or a request that was sent before it, so much later than it was. */
export const LAG_MILLISECONDS = 1_500;

/** Which replica asked what of which cluster, and when. */
export class RequestLog {
  readonly requests: LoggedRequest[] = [];

  readonly observe: RequestObserver = (cluster, { request }) => {
    const agent = request.headers['user-agent'] ?? '';
    const member = agent.startsWith('nautes/') ? agent.slice('nautes/'.length) : '';
    this.requests.push({ at: Date.now(), cluster, member, method: request.method ?? '', path: request.url ?? '' });
  };

  /** Requests of controllers to the cluster. */
  of(cluster: number): readonly LoggedRequest[] {
    return this.requests.filter((request) => request.cluster === cluster && request.member !== '');
  }

  /**
   * Requests of replicas that did not have the cluster when they arrived. A replica that has lost it sends none: not one
   * that arrives after the next one has it.
   */
  strangers(cluster: number, name: string, history: LeaseHistory): readonly string[] {
    const tenures = history.tenuresOf(name);
    return this.of(cluster)
      .filter(({ at, member }) => {
        const index = tenures.findLastIndex(({ from }) => from <= at);
        const holder = tenures[index]?.holder;
        const next = tenures[index + 1];
        const isEarly = next?.holder === member && next.from - at <= LAG_MILLISECONDS;
        return holder !== member && !isEarly;
      })
      .map(({ at, member, method, path }) => `${at} ${member}: ${method} ${path} (${JSON.stringify(tenures)})`);
  }
}
