import { message } from '../../../messages/message.ts';
import { type RemoteReport, RemoteFailure } from '../remote/git-report.ts';
import { NO_OBJECT } from '../../git/objects.ts';
import { type Advertisement, AdvertisementReader, RemoteRefuses } from './advertisement.ts';
import { encodePacket, FLUSH, ProtocolError } from './packets.ts';
import { type PushReport, PushReportReader } from './push-report.ts';

const BANDS = 'side-band-64k';
const REPORT = 'report-status';

/** One reference to be moved, with the objects that the receiving side lacks. */
export interface Push {
  readonly reference: string;
  /** Where the reference is; empty: it must not exist. */
  readonly before: string;
  /** A descendant of it. */
  readonly after: string;
  /** A pack that needs no objects but those reachable from `before` (gitformat-pack). */
  readonly pack: Buffer;
}

/** What the receiving side made of a push. */
export type PushAnswer =
  | { readonly kind: 'accepted' }
  /** The reference is elsewhere; nothing was sent. */
  | { readonly kind: 'moved' }
  | { readonly kind: 'refused'; readonly refusal: string; readonly remote: readonly string[] };

/** What is to be done next: send something, or end with the answer. */
export type PushStep =
  | { readonly kind: 'send'; readonly request: readonly Buffer[] }
  | { readonly kind: 'end'; readonly answer: PushAnswer };

/**
 * Our side of the conversation with `git receive-pack` (gitprotocol-pack, "Pushing Data To a Server"), whatever
 * carries it.
 */
export class PushConversation {
  readonly #push: Push;
  readonly #advertisement: AdvertisementReader;
  #report: PushReportReader | undefined;

  constructor(push: Push) {
    this.#push = push;
    this.#advertisement = new AdvertisementReader(push.reference);
  }

  /** True from the moment when there is a request: what becomes of it is not known until the end. */
  get hasAsked(): boolean {
    return this.#report !== undefined;
  }

  /**
   * Takes what has come and says what follows from it, if anything.
   * @throws RemoteRefuses, ProtocolError
   */
  receive(chunk: Buffer): PushStep | undefined {
    if (this.#report === undefined) {
      const advertisement = this.#advertisement.append(chunk);
      return advertisement === undefined ? undefined : this.#answer(advertisement);
    }
    const report = this.#report.append(chunk);
    return report === undefined ? undefined : { kind: 'end', answer: answerOf(report) };
  }

  /**
   * The failure of a conversation that came to no end.
   * @param error why, when there is an error; `ProtocolError` and `RemoteRefuses` speak for themselves
   * @param more what else was said
   */
  failure(error: unknown, more: Partial<RemoteReport> = {}): RemoteFailure {
    const theirs = error instanceof RemoteRefuses ? [error.message] : [];
    const problem = error instanceof ProtocolError ? error.said : more.problem;
    const remote = [...(this.#report?.remote ?? []), ...theirs, ...(more.remote ?? [])];
    const report = { ...more, remote, local: more.local ?? [], ...(problem && { problem }) };
    return new RemoteFailure(report, { cause: error });
  }

  #answer({ commit, capabilities }: Advertisement): PushStep {
    const { before, after, reference } = this.#push;
    if (commit === after) return { kind: 'end', answer: { kind: 'accepted' } };
    if (commit !== before) return { kind: 'end', answer: { kind: 'moved' } };
    if (!capabilities.has(REPORT)) throw new ProtocolError(message('remote.reportsNothing'));
    this.#report = new PushReportReader(reference, capabilities.has(BANDS));
    return { kind: 'send', request: requestOf(this.#push, capabilities) };
  }
}

function requestOf({ reference, before, after, pack }: Push, offered: ReadonlySet<string>): readonly Buffer[] {
  const wanted = [REPORT, BANDS, 'quiet', 'object-format=sha1'].filter((capability) => offered.has(capability));
  const command = `${before || NO_OBJECT} ${after} ${reference}\0 ${[...wanted, 'agent=nautes'].join(' ')}`;
  return [encodePacket(command), FLUSH, pack];
}

function answerOf({ refusal, remote }: PushReport): PushAnswer {
  return refusal === undefined ? { kind: 'accepted' } : { kind: 'refused', refusal, remote };
}
