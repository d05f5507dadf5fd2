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
   * @throws NautesError `ConfigRepoUnavailable`, or `ConfigRepoInvalid` when there are branches but no `main`
   */
  fetch(signal: AbortSignal): Promise<string>;
  /**
   * Moves `main` from one commit to a descendant of it, never by force.
   * @param before empty: `main` must not exist
   * @throws NautesError `ConfigRepoUnavailable` when it is not known what became of it
   */
  publish(before: string, after: string, signal: AbortSignal): Promise<Publication>;
}
