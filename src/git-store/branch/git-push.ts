import type { Caller } from '../../resources/caller.ts';
import type { Publication } from './branch.ts';
import { type GitReport, type RemoteReport, wordsOf } from './remote/git-report.ts';
import { unavailable } from './remote/remote-access.ts';
import { hookRefusal, refusalError } from './remote/remote-refusal.ts';

/**
 * What `git push --porcelain` says about the one reference.
 * @throws NautesError as {@link refusedPublication}
 */
export function readPush(report: GitReport, caller?: Caller): Publication {
  if (report.code === 0) return { kind: 'accepted' };
  const line = report.stdout.split('\n').find((each) => each.startsWith('!\t'));
  const summary = line?.split('\t')[2] ?? '';
  if (summary.startsWith('[rejected]')) return { kind: 'moved' };
  const refusal = /^\[remote rejected\] ?\(?(.*?)\)?$/.exec(summary)?.[1];
  if (refusal === undefined) throw unavailable(report);
  return refusedPublication(refusal, report, caller);
}

/**
 * What it means that the receiving side did not move the reference.
 * @param refusal its reason, as in "Report Status" of gitprotocol-pack
 * @param caller in whose name it was pushed
 * @throws NautesError `ConfigRepoUnavailable` when it failed; a refusal of the pusher
 */
export function refusedPublication(refusal: string, report: RemoteReport, caller?: Caller): Publication {
  // Two pushes met at the remote's lock, or one of them a moment earlier.
  if (/lock|failed to update ref|incorrect old value|but expected|reference already exists/i.test(refusal)) {
    return { kind: 'moved' };
  }
  if (/unpacker error|internal server error/i.test(refusal)) throw unavailable(report);
  const ofPusher = hookRefusal(report);
  if (ofPusher !== undefined) throw refusalError(ofPusher, caller);
  return { kind: 'refused', words: wordsOf(report, [`(${refusal})`]) };
}
