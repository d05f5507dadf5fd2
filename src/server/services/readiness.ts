import { statfs } from 'node:fs/promises';
import type { Readiness } from '../../api/index.ts';
import { asNautesError, type NautesError } from '../../errors/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { Message } from '../../messages/text.ts';
import type { GitStore } from '../../git-store/index.ts';
import type { SecretStore } from '../../secrets/index.ts';
import type { State } from '../../state/index.ts';

/** Minimum interval between checks of the stores, in milliseconds: probes are frequent and unauthenticated. */
const VALID_MILLISECONDS = 2_000;

/** Free space below which the data directory is degraded, and below which it counts as failed. */
const SHORT_BYTES = 256 * 1024 * 1024;
const FULL_BYTES = 16 * 1024 * 1024;

type CheckState = Readiness['checks'][string];

export interface ReadinessSources {
  readonly repo: Pick<GitStore, 'snapshot' | 'isCurrent' | 'problem' | 'checkWritable'>;
  /** True when changes are pushed to a remote. */
  readonly hasRemote: boolean;
  readonly secrets: Pick<SecretStore, 'checkWritable'>;
  readonly state: Pick<State, 'checkWritable'>;
  /** Whether tokens can be created; absent where there are none of ours. */
  readonly tokens?: { checkWritable(): Promise<void> };
  /** Free bytes in the data directory's file system; `undefined` if the system does not report them. */
  readonly freeBytes: () => Promise<number | undefined>;
  /** `undefined` when this process has no controllers. */
  readonly controllersRun: () => boolean | undefined;
  /** Whether this process may work now; absent where no other works on the same clusters. */
  readonly isMember?: () => boolean;
  /** Whether helm is found, which renders charts; without it other components still work. */
  readonly helm: () => Promise<boolean>;
  readonly logger: Logger;
  readonly now: () => number;
}

/**
 * Whether requests can be served. An unreachable remote does not make the server unready: reads work, writes
 * answer 503, and other replicas would be no better off.
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
    const { repo, secrets, state, tokens, controllersRun } = this.#sources;
    const running = controllersRun();
    const reasons: Record<string, string> = {};
    const said: Record<string, Message> = {};
    const tell = (part: string, error: NautesError): void => {
      reasons[part] = error.reason;
      if (error.reason !== 'Internal') said[part] = error.said;
    };
    const writable = async (part: string, probe: () => Promise<void>): Promise<CheckState> => {
      const error = await this.#problem(part, probe);
      if (error !== undefined) tell(part, error);
      return error === undefined ? 'ok' : 'failed';
    };
    if (repo.problem !== undefined) tell('config_repository', repo.problem);
    const checks: Record<string, CheckState> = {
      config_repository: this.#repository(await writable('config_repository', () => repo.checkWritable())),
      secret_store: await writable('secret_store', () => secrets.checkWritable()),
      status_store: await writable('status_store', () => state.checkWritable()),
      ...(tokens === undefined ? {} : { token_store: await this.#tokens(tokens, writable) }),
      disk: await this.#disk(),
      controllers: running === undefined ? 'off' : running ? 'ok' : 'failed',
      ...this.#replica(),
      helm: running === undefined ? 'off' : (await this.#sources.helm()) ? 'ok' : 'degraded',
    };
    return { ready: !Object.values(checks).includes('failed'), checks, reasons, said };
  }

  /** The tokens that exist are good without it. */
  async #tokens(
    tokens: { checkWritable(): Promise<void> },
    writable: (part: string, probe: () => Promise<void>) => Promise<CheckState>,
  ): Promise<CheckState> {
    const state = await writable('token_store', () => tokens.checkWritable());
    return state === 'failed' ? 'degraded' : state;
  }

  /** A replica that cannot renew its Lease serves reads as before; what it works on waits, or others take it. */
  #replica(): Record<string, CheckState> {
    const { isMember } = this.#sources;
    return isMember === undefined ? {} : { replica: isMember() ? 'ok' : 'degraded' };
  }

  #repository(writable: CheckState): CheckState {
    const { repo, hasRemote } = this.#sources;
    if (repo.snapshot().commit === '' || writable === 'failed') return 'failed';
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
      this.#sources.logger.error({ part, error }, 'a required part is unavailable');
      return asNautesError(error);
    }
  }
}

/** Free space of a directory's file system for this user; `undefined` if it is not reported. */
export async function freeBytes(directory: string): Promise<number | undefined> {
  const found = await statfs(directory).catch(() => undefined);
  return found === undefined ? undefined : found.bavail * found.bsize;
}
