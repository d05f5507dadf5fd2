import { message, remedy } from './message.ts';
import { Type } from 'typebox';
import { ClusterReply } from './cluster.ts';
import { StatusSummary } from './status-summary.ts';

/**
 * The replies of the API. Handlers send through `sendReply`, whose content is type-checked against these schemas;
 * the tests of the API validate every real reply.
 */

const text = (description: string) => Type.String({ description });
export const commitId = (description: string) => Type.String({ description, pattern: '^([0-9a-f]{40,64})?$' });

export const ViolationReply = Type.Object(
  {
    field: text('Name of the field; empty for the request as a whole. Of a preflight: the reason of the finding.'),
    ...message,
    ...remedy,
  },
  { $id: 'Violation' },
);

export const ErrorReply = Type.Object(
  {
    code: Type.Integer({ description: 'The HTTP status.' }),
    reason: text('Stable, in capitals, e.g. `CLUSTER_NOT_FOUND`; see the list of errors.'),
    message: text('For people, in the language of the reply.'),
    params: message.params,
    action: remedy.action,
    metadata: Type.Unsafe<Record<string, string>>({
      type: 'object',
      description: 'All violations by field, a `remedy`, the `request_id`, and what else is known of the error.',
      additionalProperties: { type: 'string' },
    }),
    violations: Type.Optional(
      Type.Array(ViolationReply, { description: 'All violations in words and as data; absent where there are none.' }),
    ),
  },
  { $id: 'Error', description: 'The error shape of the original; `metadata` is filled.' },
);

export const ClusterListReply = Type.Object(
  {
    items: Type.Array(ClusterReply),
    continue: Type.Optional(text('Gives the next page; absent on the last.')),
    unregistered: Type.Optional(
      Type.Array(StatusSummary, {
        description:
          'Clusters without a registration to show: their file cannot be understood, or they are being deleted. In ' +
          'the order of names, within the names of the page; absent when there are none. Of `field_selector`, only ' +
          '`cluster_name` can match them.',
      }),
    ),
  },
  { $id: 'ClusterList' },
);

const receiptPath = Type.String({ description: 'Path of the receipt, which is there once the cluster is gone.' });
const eventsPath = Type.String({ description: 'Path of the events.' });

export const SaveReply = Type.Object(
  {
    message: text('`Successfully saved <name> cluster`.'),
    commit: commitId('The commit, or the head it was found to be so at.'),
    changed: Type.Boolean({ description: 'False when everything was as asked already.' }),
    generation: text('Of the file; the `ETag` of the cluster and what `If-Match` takes.'),
    status: text('Path of the status.'),
    events: eventsPath,
    warnings: Type.Array(Type.String(), {
      description: 'The same as in the header `Warning`, in the language of the reply.',
    }),
  },
  { $id: 'ClusterSaved' },
);

export const DeleteReply = Type.Object(
  {
    message: text('`Successfully deleted <name> cluster`.'),
    commit: commitId('The commit that removed the file.'),
    receipt: receiptPath,
    events: eventsPath,
  },
  { $id: 'ClusterDeleted', description: 'The controllers off-board the cluster from now on.' },
);

export const SyncReply = Type.Object(
  {
    message: text('For people.'),
    requested_at: text('The look has ended once `lastCheckedAt` of the status is this or later. RFC 3339.'),
    status: text('Path of the status.'),
    events: eventsPath,
  },
  { $id: 'SyncRequested', description: 'The controllers look at the cluster as soon as there is a place for it.' },
);

export const CallerReply = Type.Object(
  {
    id: text('Unique and stable; the name of the token where tokens are made here.'),
    name: text('Becomes the author of commits.'),
    role: Type.Enum(['maintainer', 'reader'], { description: 'The most that it may do.' }),
    server_version: text('Version of the server.'),
    installation: Type.Optional(text('Identity of the installation: what it makes on clusters is labelled with it.')),
    session_expires_at: Type.Optional(
      text('When the session of the browser ends, RFC 3339; absent for a request with a token.'),
    ),
  },
  { $id: 'Caller', description: 'Whose token was sent.' },
);

export const CommitReply = Type.Object(
  {
    commit: commitId('The commit.'),
    author: text('Whose change it was.'),
    time: text('When it was committed, RFC 3339.'),
    subject: text('First line of the message.'),
    operation: text('`save`, `delete` or `rotate`; empty for a commit by hand.'),
    request_id: text('Of the request that made it, as in the log; empty for a commit by hand.'),
  },
  { $id: 'ClusterCommit', description: 'The commit that last changed the file of a cluster.' },
);

export const HealthReply = Type.Object({ status: Type.Literal('ok') }, { $id: 'Health' });

export const ReadinessReply = Type.Object(
  {
    status: Type.Enum(['ready', 'not ready']),
    checks: Type.Unsafe<Record<string, string>>({
      type: 'object',
      description: 'A part to its state: `ok`, `degraded` (served, but not everything works), `failed` or `off`.',
      additionalProperties: { type: 'string', enum: ['ok', 'degraded', 'failed', 'off'] },
    }),
    reasons: Type.Unsafe<Record<string, string>>({
      type: 'object',
      description: 'A part that is not ok to the reason, such as `VaultSealed`, where there is one with a name.',
      additionalProperties: { type: 'string' },
    }),
  },
  { $id: 'Readiness' },
);

export const HookBody = Type.Unsafe<object>({
  type: 'object',
  $id: 'PushHook',
  description: 'What GitLab or Gitea sends about a push; only its project, branch and last commit are read.',
});

export const HookReply = Type.Object(
  { message: text('Whether the repository is fetched now, or the hook has no effect.') },
  { $id: 'HookReply' },
);
