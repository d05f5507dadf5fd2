import { CLUSTER_KIND } from '../../resources/cluster/cluster-key.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { GitStore } from '../../git-store/index.ts';
import { clusterFiles } from '../../resources/cluster/cluster-files.ts';
import { collectCredentials, type CredentialRoots, type SecretStore } from '../../secrets/index.ts';
import type { OffboardingLedger, StatusReader } from '../../state/index.ts';

const INTERVAL_MILLISECONDS = 10 * 60_000;
/** Unreferenced credentials are kept for this long: a save may be between staging and commit. */
const AGE_MILLISECONDS = 60 * 60_000;

export interface CollectorParts {
  readonly secrets: SecretStore;
  readonly repo: GitStore;
  readonly status: StatusReader;
  readonly offboardings: OffboardingLedger;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whether it is for this process to do, where several have the same credentials. */
  readonly isMine?: () => boolean;
}

/** Removes credentials that neither the repository nor an off-boarding refers to, such as those of failed saves. */
export class CredentialCollector {
  readonly #parts: CollectorParts;
  readonly #closing = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(parts: CollectorParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#running = this.collect();
    }, INTERVAL_MILLISECONDS);
    this.#timer.unref();
  }

  async collect(): Promise<void> {
    const { secrets, clock, logger, isMine } = this.#parts;
    if (isMine?.() === false) return;
    const { signal } = this.#closing;
    try {
      await collectCredentials(secrets, () => this.#roots(), { clock, ageMilliseconds: AGE_MILLISECONDS, signal });
    } catch (error) {
      if (!signal.aborted) logger.warn({ error }, 'garbage collection of credentials failed');
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    clearInterval(this.#timer);
    await this.#running;
  }

  /** Registrations whose removal is on hold still have a status: their credential will be needed. */
  async #roots(): Promise<CredentialRoots> {
    const { repo, status, offboardings } = this.#parts;
    const clusters = [...repo.snapshot().of(clusterFiles).values()].flatMap(({ resource }) => resource ?? []);
    const registered = clusters.map(({ name, incarnation }) => ({ cluster: name, incarnation }));
    const records = await offboardings.list(CLUSTER_KIND);
    const leaving = records.map(({ cluster, incarnation }) => ({ cluster, incarnation }));
    const known = (await status.list(CLUSTER_KIND)).map(({ name, incarnation }) => ({ cluster: name, incarnation }));
    const versions = clusters.flatMap(({ name, incarnation, credentialVersion }) =>
      credentialVersion === undefined ? [] : [{ cluster: name, incarnation, version: credentialVersion }],
    );
    return { registrations: [...registered, ...leaving, ...known], versions };
  }
}
