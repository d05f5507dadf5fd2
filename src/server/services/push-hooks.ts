import type { AnnouncedPush, WebhookReceiver } from '../../api/index.ts';
import type { Logger } from '../../base/logger.ts';
import type { Secret } from '../../base/secret.ts';
import type { GitStore } from '../../git-store/index.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { gitHostProject } from '../configuration/git-host-project.ts';
import { readSecretFile } from '../configuration/secret-file.ts';
import { invalidKey } from '../configuration/invalid.ts';
import { message } from '../../messages/message.ts';

/** Minimum interval between fetches that hooks trigger. */
const INTERVAL_MILLISECONDS = 1000;

export interface PushHooksOptions {
  readonly configuration: Configuration;
  readonly repo: Pick<GitStore, 'snapshot' | 'refresh'>;
  readonly logger: Logger;
  readonly intervalMilliseconds?: number;
}

/**
 * Fetches the repository when a hook reports a push. A hook that is repeated, late or forged does
 * no more than that; one with a known commit, such as our own, does nothing.
 */
export class PushHooks implements WebhookReceiver {
  readonly #options: PushHooksOptions;
  readonly #project: string;
  readonly #interval: number;
  readonly #closing = new AbortController();
  #lookedAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  /** Of the last hook: the fetch is skipped when the commit has become known in the meantime. */
  #commit = '';

  /** @throws NautesError `ConfigurationInvalid` when there is no remote that could send hooks */
  constructor(options: PushHooksOptions) {
    this.#options = options;
    this.#interval = options.intervalMilliseconds ?? INTERVAL_MILLISECONDS;
    if (options.configuration.git.remote === '') {
      throw invalidKey('webhooks.secretFile', message('ConfigurationInvalid.hooks'));
    }
    this.#project = gitHostProject(options.configuration).project;
  }

  secret(): Promise<Secret> {
    return readSecretFile('webhooks.secretFile', this.#options.configuration.webhooks.secretFile);
  }

  pushed({ project, projectId, reference, commit }: AnnouncedPush): 'looking' | 'known' | 'elsewhere' {
    const isOurs = project === this.#project || projectId === this.#project;
    if (!isOurs || reference !== `refs/heads/${this.#options.configuration.git.branch}`) return 'elsewhere';
    if (this.#isKnown(commit)) return 'known';
    this.#commit = commit;
    if (this.#timer === undefined) {
      const wait = Math.max(0, this.#lookedAt + this.#interval - performance.now());
      this.#timer = setTimeout(() => this.#look(), wait).unref();
    }
    return 'looking';
  }

  close(): void {
    this.#closing.abort();
    clearTimeout(this.#timer);
  }

  #isKnown(commit: string): boolean {
    return commit !== '' && this.#options.repo.snapshot().commit === commit;
  }

  #look(): void {
    this.#timer = undefined;
    if (this.#isKnown(this.#commit)) return;
    this.#lookedAt = performance.now();
    const { repo, logger } = this.#options;
    repo.refresh(this.#closing.signal).catch((error: unknown) => {
      if (!this.#closing.signal.aborted) logger.debug({ error }, 'the fetch for a push hook failed');
    });
  }
}
