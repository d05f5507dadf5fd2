import type { Message } from '../../messages/text.ts';
import type { Caller } from '../../resources/caller.ts';
import type { Pack } from '../git/pack.ts';

/** A move of `main`, never by force. */
export interface Move {
  /** The commit that it is at; empty: it must not exist. */
  readonly before: string;
  /** A descendant of it. */
  readonly after: string;
  /** Every object that came with the commits in between; absent: they are in the local repository already. */
  readonly pack?: Pack | undefined;
  /** In whose name it is pushed, where that is configured. */
  readonly caller?: Caller | undefined;
}

/** What became of an attempt to move `main`. */
export type Publication =
  | { readonly kind: 'accepted' }
  /** Another writer moved it, or holds its lock. */
  | { readonly kind: 'moved' }
  /** The repository refuses these commits; its words can be shown to users. */
  | { readonly kind: 'refused'; readonly words: Message };

/** The branch `main` where it counts: in the embedded repository or on a remote. */
export interface Branch {
  /**
   * Learns where `main` is. Its commits are in the local repository afterwards.
   * @returns the commit, or the empty string when the repository has no branch at all
   * @throws NautesError `ConfigRepoUnavailable`; `ConfigRepoBranchMissing` when there are branches but no `main`; others
   *   of the remote's refusals, see `remote-refusal.ts`
   */
  fetch(signal: AbortSignal): Promise<string>;
  /**
   * Moves `main`; what was accepted is durable in the local repository too.
   * @throws NautesError `ConfigRepoUnavailable` when it is not known what became of it; any other when it is certain
   *   that nothing arrived, because the remote refuses the pusher. Errors of the data directory, after which it
   *   is not known either.
   */
  publish(move: Move, signal: AbortSignal): Promise<Publication>;
  close(): Promise<void>;
}
