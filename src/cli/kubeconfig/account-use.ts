import { sleep } from '../../base/async/timing.ts';
import { ApiRefusal, isOutcomeUnknown, type NautesClient } from '../../client/index.ts';
import type { SavedView, StatusView } from '../../contract/views.ts';
import { reportFailure } from '../invocation/failure.ts';
import { Interrupted } from '../invocation/process-end.ts';
import { type Invocation, warning } from '../invocation/invocation.ts';
import { AwaitedGeneration } from '../progress/awaited-generation.ts';
import type { BootstrapAccount } from './bootstrap-account.ts';
import { removeAccount, sayRemovalCommands } from './remove-account.ts';

/** An account that was made for the server, and the cluster whose save has its credential. */
export interface MadeAccount {
  readonly account: BootstrapAccount;
  readonly cluster: string;
}

/** What the work that sends the documents tells, so that it is known whether the server has a use for the account. */
export interface AccountWatch {
  /** Runs the save of a cluster. */
  saving(cluster: string, save: () => Promise<Partial<SavedView>>): Promise<Partial<SavedView>>;
  /** Told of every status while the work waits. */
  readonly onStatus: (status: StatusView) => void;
}

const NOBODY: AccountWatch = { saving: (_, save) => save(), onStatus: () => {} };

/** How long the server may take to make an account of its own before people are told, in milliseconds. */
const TAKEOVER_LIMIT = 180_000;
const LOOK_MILLISECONDS = 1_000;
/** The server ends a call whose connection is lost; what it is just committing then is there within this time. */
const COMMIT_LIMIT = 20_000;

/**
 * Runs the work that sends the documents, and then sees to it that an account that was made for it goes: at once when
 * the server has no use for it, otherwise once the server has one of its own. What could not be removed is named.
 */
export async function withAccount(
  invocation: Invocation,
  client: NautesClient,
  made: MadeAccount | undefined,
  signal: AbortSignal,
  work: (watch: AccountWatch) => Promise<void>,
): Promise<void> {
  if (made === undefined) return work(NOBODY);
  const use = new AccountUse(client, made.cluster, signal);
  let failure: unknown;
  try {
    await work(use);
  } catch (error) {
    failure = error;
    // Both the waiting and the removal can take long: people see now what is wrong, and not once more at the end.
    reportFailure(failure, invocation.terminal, invocation.texts);
  }
  await endAccount(invocation, made.account, use, failure);
  if (failure !== undefined) throw failure;
}

async function endAccount(
  invocation: Invocation,
  account: BootstrapAccount,
  use: AccountUse,
  failure: unknown,
): Promise<void> {
  const { terminal, texts } = invocation;
  if (await use.isOver()) return removeAccount(invocation, account);
  if (!(failure instanceof Interrupted)) {
    terminal.say(texts.output.waitsForOwnAccount);
    if (await use.isOverWithin(TAKEOVER_LIMIT)) return removeAccount(invocation, account);
  }
  terminal.say(warning(invocation, texts.output.accountKept(account.name)));
  sayRemovalCommands(invocation, account);
}

/** A status; `gone` when the server knows no such cluster, undefined when it cannot be asked. */
type Looked = StatusView | 'gone' | undefined;

/** Whether the server still needs the account. */
class AccountUse implements AccountWatch {
  readonly #client: NautesClient;
  readonly #cluster: string;
  readonly #signal: AbortSignal;
  /** `sent`: it may have been saved. Only what was saved or sent can be in use. */
  #state: 'unused' | 'sent' | 'saved' = 'unused';
  /** What the save answered; undefined while it is not known. */
  #generation: string | undefined;
  #before: StatusView | undefined;
  #isTakenOver = false;
  /** From when on a registration that is not there will not come any more. */
  #settledAt = 0;

  constructor(client: NautesClient, cluster: string, signal: AbortSignal) {
    this.#client = client;
    this.#cluster = cluster;
    this.#signal = signal;
  }

  async saving(cluster: string, save: () => Promise<Partial<SavedView>>): Promise<Partial<SavedView>> {
    if (cluster !== this.#cluster || this.#state === 'saved') return save();
    this.#before = await this.#client.status(cluster, this.#signal).catch(() => undefined);
    try {
      const reply = await save();
      // What changes nothing takes no credential either.
      if (reply.changed !== false) this.#state = 'saved';
      this.#generation = reply.generation;
      return reply;
    } catch (error) {
      if (isOutcomeUnknown(error)) this.#state = 'sent';
      if (!(error instanceof ApiRefusal)) this.#settledAt = Date.now() + COMMIT_LIMIT;
      throw error;
    }
  }

  readonly onStatus = (status: StatusView): void => {
    const isOurs = this.#generation === undefined || status.observedGeneration === this.#generation;
    if (isOurs && this.#hasNewCredential(status)) this.#isTakenOver = true;
  };

  /** The server has no use for the account: nothing was saved, it has one of its own, or the cluster is gone. */
  async isOver(): Promise<boolean> {
    if (this.#state === 'unused' || this.#isTakenOver) return true;
    // Asked also after Ctrl-C, and therefore with a time of its own.
    return this.#isGone(await this.#look(AbortSignal.timeout(10_000)));
  }

  async isOverWithin(milliseconds: number): Promise<boolean> {
    const end = Date.now() + milliseconds;
    const generation = this.#generation;
    const awaited =
      generation === undefined ? undefined : new AwaitedGeneration(this.#client, this.#cluster, generation);
    while (Date.now() < end && !this.#signal.aborted) {
      const status = await this.#look(this.#signal);
      if (this.#isGone(status)) return true;
      if (typeof status === 'object' && this.#hasNewCredential(status)) {
        const options = { signal: this.#signal };
        if (awaited === undefined || (await awaited.isObservedBy(status, options).catch(() => false))) return true;
      }
      await sleep(LOOK_MILLISECONDS, this.#signal).catch(() => {}); // Ctrl-C is seen above
    }
    return false;
  }

  #isGone(status: Looked): boolean {
    return status === 'gone' && Date.now() >= this.#settledAt;
  }

  async #look(signal: AbortSignal): Promise<Looked> {
    return this.#client
      .status(this.#cluster, signal)
      .catch((error: unknown) => (error instanceof ApiRefusal && error.status === 404 ? 'gone' : undefined));
  }

  /**
   * The server has made an account of its own with ours. A save with another credential changes the file: what was
   * renewed with the file before is not it.
   */
  #hasNewCredential({ conditions, credential, observedGeneration }: StatusView): boolean {
    const isReady = conditions.some(({ type, status }) => type === 'CredentialReady' && status === 'True');
    if (!isReady || credential.rotatedAt === '') return false;
    if (this.#before === undefined) return true;
    const { credential: old, observedGeneration: oldGeneration } = this.#before;
    return credential.rotatedAt !== old.rotatedAt && observedGeneration !== oldGeneration;
  }
}
