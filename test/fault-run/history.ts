/** What somebody did and what came of it. */
export interface Deed {
  readonly actor: string;
  readonly step: number;
  readonly what: string;
  readonly at: number;
  outcome: string;
}

/** A save or delete that was answered 200. */
export interface Acknowledged {
  readonly operation: 'save' | 'delete';
  readonly cluster: string;
  readonly commit: string;
  readonly requestId: string;
  /** False when nothing had to change; `undefined` when the answer does not say. */
  readonly changed: boolean | undefined;
  readonly apiServer: string;
}

/** Everything that was done in a run, in the order of its beginning. */
export class RunHistory {
  readonly deeds: Deed[] = [];
  readonly acknowledged: Acknowledged[] = [];
  /** Commits made by hand that the remote took. */
  readonly byHand: { readonly commit: string; readonly isSound: boolean }[] = [];
  /** Every answer of the API, for the search for secrets. */
  readonly answers: string[] = [];
  readonly #started = Date.now();

  begin(actor: string, step: number, what: string): Deed {
    const deed = { actor, step, what, at: Date.now() - this.#started, outcome: 'not known' };
    this.deeds.push(deed);
    return deed;
  }

  lines(): string[] {
    return this.deeds.map(
      ({ actor, step, what, at, outcome }) =>
        `${(at / 1000).toFixed(2).padStart(7)} ${actor}#${step} ${what}: ${outcome}`,
    );
  }
}
