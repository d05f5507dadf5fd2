import { statfs } from 'node:fs/promises';
import type { Readiness } from '../../api/index.ts';
import { asNautesError, type NautesError } from '../../errors/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { GitStore } from '../../git-store/index.ts';
import type { SecretStore } from '../../secrets/index.ts';
import type { State } from '../../state/index.ts';

/** Probes come often and from anybody: the stores are looked at so seldom at most, in milliseconds. */
const VALID_MILLISECONDS = 2_000;

/** Less free space than this is shown; with less than the other, nothing can be relied on to be written. */
const SHORT_BYTES = 256 * 1024 * 1024;
const FULL_BYTES = 16 * 1024 * 1024;

type CheckState = Readiness['checks'][string];

export interface ReadinessSources {
  readonly repo: Pick<GitStore, 'snapshot' | 'isCurrent'>;
  /** True when changes have to reach another repository. */
  readonly hasRemote: boolean;
  readonly secrets: Pick<SecretStore, 'checkWritable'>;
  readonly state: Pick<State, 'checkWritable'>;
  /** Bytes that can still be written into the data directory; `undefined` where the system does not tell. */
  readonly freeBytes: () => Promise<number | undefined>;
  /** `undefined` when this process has no controllers. */
  readonly controllersRun: () => boolean | undefined;
  /** Whether the program is found that renders charts; without it other components still work. */
  readonly helm: () => Promise<boolean>;
  readonly logger: Logger;
  readonly now: () => number;
}

/**
 * Whether requests can be served. A remote that is away does not make the server unready: reading works, writing
 * answers 503, and no other replica would have it better.
 */
export class ReadinessCheck {
  readonly #sources: ReadinessSources;
  #last: { readonly at: number; readonly result: Promise<Readiness> } | undefined;

  constructor(sources: ReadinessSources) {
    this.#sources = sources;
  }

  check(): Promise<Readiness> {
    const now = this.#sources.now();
    if (this.#last === undefined || now - this.#last.at >= VALID_MILLISECONDS || now < this.#last.at) {
      this.#last = { at: now, result: this.#look() };
    }
    return this.#last.result;
  }

  async #look(): Promise<Readiness> {
    const { secrets, state, controllersRun } = this.#sources;
    const running = controllersRun();
    const reasons: Record<string, string> = {};
    const writable = async (part: string, probe: () => Promise<void>): Promise<CheckState> => {
      const error = await this.#problem(part, probe);
      if (error !== undefined) reasons[part] = error.reason;
      return error === undefined ? 'ok' : 'failed';
    };
    const checks: Record<string, CheckState> = {
      config_repository: this.#repository(),
      secret_store: await writable('secret_store', () => secrets.checkWritable()),
      status_store: await writable('status_store', () => state.checkWritable()),
      disk: await this.#disk(),
      controllers: running === undefined ? 'off' : running ? 'ok' : 'failed',
      helm: running === undefined ? 'off' : (await this.#sources.helm()) ? 'ok' : 'degraded',
    };
    return { ready: !Object.values(checks).includes('failed'), checks, reasons };
  }

  #repository(): CheckState {
    const { repo, hasRemote } = this.#sources;
    if (repo.snapshot().commit === '') return 'failed';
    if (repo.isCurrent) return 'ok';
    return hasRemote ? 'degraded' : 'failed';
  }

  async #disk(): Promise<CheckState> {
    const free = await this.#sources.freeBytes();
    if (free === undefined) return 'ok';
    if (free < FULL_BYTES) return 'failed';
    return free < SHORT_BYTES ? 'degraded' : 'ok';
  }

  async #problem(part: string, probe: () => Promise<void>): Promise<NautesError | undefined> {
    try {
      await probe();
      return undefined;
    } catch (error) {
      this.#sources.logger.error({ part, error }, 'a part that is needed cannot be used');
      return asNautesError(error);
    }
  }
}

/** What the file system of a directory still has room for, for this user; `undefined` where it does not tell. */
export async function freeBytes(directory: string): Promise<number | undefined> {
  const found = await statfs(directory).catch(() => undefined);
  return found === undefined ? undefined : found.bavail * found.bsize;
}
