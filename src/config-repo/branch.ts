import type { Caller } from '../model/caller.ts';

/** What became of an attempt to move `main`. */
export type Publication =
  | { readonly kind: 'accepted' }
  /** Somebody else was faster, or is at it. */
  | { readonly kind: 'moved' }
  /** The repository does not want these commits; its words are fit for people. */
  | { readonly kind: 'refused'; readonly words: string };

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
   * Moves `main` from one commit to a descendant of it, never by force.
   * @param before empty: `main` must not exist
   * @param caller in whose name it is pushed, where that is configured
   * @throws NautesError `ConfigRepoUnavailable` when it is not known what became of it; any other when it is certain
   *   that nothing arrived, because the remote takes nothing of who pushes
   */
  publish(before: string, after: string, signal: AbortSignal, caller?: Caller): Promise<Publication>;
}
