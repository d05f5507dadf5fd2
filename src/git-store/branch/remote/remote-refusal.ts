import type { Message } from '../../../messages/text.ts';
import { message, verbatim } from '../../../messages/message.ts';
import { defined } from '../../../base/defined.ts';
import type { ErrorReason } from '../../../messages/errors/index.ts';
import { NautesError } from '../../../errors/errors.ts';
import { retryAfter } from '../../../base/network/retry-after.ts';
import type { Caller } from '../../../resources/caller.ts';
import { type RemoteReport, words, wordsOf } from './git-report.ts';
import { CLIENT_SAYINGS, SERVER_SAYINGS, type SshRefusalReason } from './ssh-sayings.ts';

/** Refusals because of the pusher or the repository, not because of the commits. */
type RefusalReason =
  | SshRefusalReason
  | Extract<
      ErrorReason,
      | 'ConfigRepoTokenRefused'
      | 'ConfigRepoForbidden'
      | 'ConfigRepoProtected'
      | 'ConfigRepoMissing'
      | 'ConfigRepoMoved'
      | 'ConfigRepoArchived'
      | 'ConfigRepoThrottled'
      | 'ConfigRepoSignatureRequired'
      | 'ConfigRepoProxyRefused'
      | 'ConfigRepoUnavailable'
    >;

type Table = readonly (readonly [words: RegExp, reason: RefusalReason])[];

/**
 * What servers say through their hooks when a push arrived and is refused because of the pusher. Whole beginnings,
 * because hooks of the operators say anything, and what those refuse is a commit.
 */
const HOOK_SAYINGS: Table = [
  [/^(error: |- )?Commits must have verified signatures/, 'ConfigRepoSignatureRequired'], // GitHub
  [/^GitLab: Commit must be signed/, 'ConfigRepoSignatureRequired'],
  [/^(error: )?branch .+ is protected from unverified commit/, 'ConfigRepoSignatureRequired'], // Gitea
  [/^error: GH(006|013): /, 'ConfigRepoProtected'], // GitHub: a protected branch, a ruleset
  // GitLab
  [/^GitLab: You are not allowed to (push code to|create) protected branches on this project/, 'ConfigRepoProtected'],
  [/^(GitLab: )?A default branch \(e\.g\. main\) does not yet exist for /, 'ConfigRepoProtected'],
  [/^GitLab: You are not allowed to (push|upload) code/, 'ConfigRepoForbidden'],
  [/^GitLab: Your account has been blocked/, 'ConfigRepoForbidden'],
  [/^GitLab: The repository is temporarily read-only/, 'ConfigRepoUnavailable'],
  [/^GitLab: You can't push code to a read-only GitLab instance/, 'ConfigRepoUnavailable'],
  ...SERVER_SAYINGS,
  // Gitea
  [/^error: Not allowed to push to protected branch /, 'ConfigRepoProtected'],
  [/^error: User permission denied for writing/, 'ConfigRepoForbidden'],
];

/** What they say before anything is pushed, beside the status. */
const ANSWER_SAYINGS: Table = [
  [/mirror repository is read-only/i, 'ConfigRepoMirror'], // Gitea
  [/\barchived\b/i, 'ConfigRepoArchived'],
  [/\bwas moved to\b/i, 'ConfigRepoMoved'],
  [/temporarily read-only|read-only GitLab instance|maintenance/i, 'ConfigRepoUnavailable'],
];

const STATUSES: Readonly<Record<number, RefusalReason>> = {
  401: 'ConfigRepoTokenRefused',
  403: 'ConfigRepoForbidden',
  404: 'ConfigRepoMissing',
  410: 'ConfigRepoMissing',
  429: 'ConfigRepoThrottled',
};

/** Without HTTP: what git, ssh and the server behind it say. */
const LOCAL_SAYINGS: Table = [
  [/Authentication failed/i, 'ConfigRepoTokenRefused'],
  [/could not be found or you don't have permission|Repository not found/i, 'ConfigRepoMissing'], // GitHub, GitLab
];

/** The same over SSH, where a missing repository is told in many words. */
const SSH_SAYINGS: Table = [
  ...CLIENT_SAYINGS,
  ...SERVER_SAYINGS,
  [/\bKey: .* is not authorized to (write|read)|account (is|has been) (disabled|blocked)/i, 'ConfigRepoForbidden'], // Gitea
  [/^(Gitea|error): Cannot find repository|TF401019|does not appear to be a git repository/i, 'ConfigRepoMissing'],
  [/\barchived\b/i, 'ConfigRepoArchived'],
  [/temporarily read-only|read-only GitLab instance|maintenance/i, 'ConfigRepoUnavailable'],
  ...LOCAL_SAYINGS,
];

/** Why the remote takes nothing of this server, or of the caller in whose name it was asked. */
export interface RemoteRefusal {
  readonly reason: RefusalReason;
  readonly words: Message;
  readonly location?: string;
  readonly retryAfterMilliseconds?: number;
}

/** The refusal of a push that arrived, when it is because of the pusher; `undefined` when it is because of the commits. */
export function hookRefusal(report: RemoteReport): RemoteRefusal | undefined {
  return sayingIn(HOOK_SAYINGS, report.remote, report);
}

/** The refusal of a request; `undefined` when the remote could not be asked, or failed. */
export function requestRefusal(report: RemoteReport): RemoteRefusal | undefined {
  const { status = 200, location, remote, local, isSsh = false } = report;
  if (report.proxyStatus !== undefined) return proxyRefused(report.proxyStatus, report);
  if (isSsh) return sayingIn(SSH_SAYINGS, [...local, ...remote], report);
  if (status >= 300 && status < 400) {
    return { reason: 'ConfigRepoMoved', words: wordsOf(report), ...defined({ location }) };
  }
  if (status >= 500) return undefined;
  const known = status < 400 ? undefined : STATUSES[status];
  if (known === 'ConfigRepoThrottled') {
    return { reason: known, words: wordsOf(report), retryAfterMilliseconds: retryAfter(report.retryAfter) };
  }
  const said = sayingIn(ANSWER_SAYINGS, remote, report);
  if (said !== undefined) return said;
  // git itself only says that it may not ask a person for a password
  if (known === 'ConfigRepoTokenRefused')
    return { reason: known, words: remote.length > 0 ? wordsOf(report) : message('remote.noReason') };
  if (known !== undefined) return { reason: known, words: wordsOf(report) };
  return status === 200 ? sayingIn(LOCAL_SAYINGS, [...remote, ...local], report) : undefined;
}

/** Without other credentials or rules it stays so; anything else may pass. */
function proxyRefused(status: number, { problem }: RemoteReport): RemoteRefusal | undefined {
  const isFinal = status === 407 || status === 403;
  return isFinal && problem !== undefined ? { reason: 'ConfigRepoProxyRefused', words: problem } : undefined;
}

function sayingIn(table: Table, lines: readonly string[], report: RemoteReport): RemoteRefusal | undefined {
  const reason = table.find(([pattern]) => lines.some((line) => pattern.test(line)))?.[1];
  return reason === undefined ? undefined : { reason, words: wordsOf(report) };
}

/**
 * The refusal as an error: of this server, or of the caller whose token was used.
 * @param caller absent when it was the server's own
 */
export function refusalError(refusal: RemoteRefusal, caller?: Caller): NautesError {
  const { reason, words: problem, location, retryAfterMilliseconds } = refusal;
  if (caller !== undefined && OF_THE_CALLER.has(reason)) {
    return new NautesError('NoAuthorization', {
      caller: caller.name,
      action: message('verb.push'),
      missing: message('NoAuthorization.serverSays', { words: problem }),
      needed: message('needed.pushAndWriteToken'),
      grant: message('grant.maintainerOfRepository'),
    });
  }
  const place = location === undefined ? verbatim('') : message('ConfigRepoMoved.to', { location: words([location]) });
  const options = retryAfterMilliseconds === undefined ? {} : { retryAfterMilliseconds };
  return new NautesError(reason, { problem, place }, options);
}

const OF_THE_CALLER = new Set<RefusalReason>([
  'ConfigRepoTokenRefused',
  'ConfigRepoForbidden',
  'ConfigRepoProtected',
  'ConfigRepoMissing',
]);
