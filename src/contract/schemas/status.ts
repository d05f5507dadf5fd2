import { phases } from '../../resources/phase.ts';
import { message, remedy } from './message.ts';
import { Type } from 'typebox';
import { catalogCategories } from '../../resources/cluster/components.ts';
import { publicationNames } from '../../resources/cluster/publication.ts';
import { conditionTypes } from '../../resources/condition.ts';
import { commitId } from './replies.ts';
import { Pause } from './pause.ts';
import { StatusSummary } from './status-summary.ts';

/** The status of clusters on the wire. The names are those of `resources/cluster/cluster-status.ts`. */

const text = (description: string) => Type.String({ description });
const time = (description: string) =>
  Type.String({ description: `${description} RFC 3339; empty when there is none.` });

const Condition = Type.Object(
  {
    type: Type.Enum([...conditionTypes]),
    status: Type.Enum(['True', 'False', 'Unknown']),
    reason: text('In CamelCase, stable.'),
    ...message,
    ...remedy,
    lastTransitionTime: time('Since when it has this status.'),
    optional: Type.Optional(
      Type.Literal(true, {
        description: 'Set when it does not count for `Ready`, e.g. because it does not apply here.',
      }),
    ),
  },
  { $id: 'Condition', description: 'After the Kubernetes API conventions.' },
);

const ComponentStatus = Type.Object(
  {
    name: text('Name in the catalogue.'),
    category: Type.Enum([...catalogCategories]),
    namespace: Type.String(),
    version: Type.String(),
    phase: Type.Enum(['Pending', 'Installing', 'Ready', 'Degraded', 'Removing']),
    reason: Type.String(),
    ...message,
    objects: Type.Object({ total: Type.Integer(), ready: Type.Integer() }),
    advisories: Type.Array(Type.String(), {
      description: 'What people should know and that does not keep it from being ready.',
    }),
    login: Type.Optional(
      Type.Object(
        {
          url: text('Where it answers through the gateway; empty where there is none.'),
          user: Type.String(),
          passwordCommand: text('Prints the first password; empty when it has none.'),
          forwardCommand: text('Makes it answer at `forwardUrl`; empty when it has no Service.'),
          forwardUrl: Type.String(),
        },
        { description: 'How people get into it, where the catalogue says so.' },
      ),
    ),
  },
  { $id: 'ComponentStatus' },
);

const PublicationStatus = Type.Object(
  {
    name: Type.Enum([...publicationNames]),
    where: text('Which object, and in which management cluster.'),
    since: time('Since when it is published.'),
    reason: text('In CamelCase, stable; `Published` when it is as it should be.'),
    ...message,
    ...remedy,
  },
  { $id: 'PublicationStatus' },
);

export const ClusterStatusReply = Type.Object(
  {
    name: Type.String(),
    incarnation: text('Identifies this registration of the name.'),
    phase: Type.Enum([...phases]),
    observedGeneration: text('Generation of the file that was last observed; empty before the first run.'),
    conditions: Type.Array(Condition),
    components: Type.Array(ComponentStatus),
    credential: Type.Object({
      expiresAt: time('End of the credential in use.'),
      rotatedAt: time('When our own credential was made.'),
    }),
    kubernetes: Type.Object({ version: Type.String(), uid: text('Of the namespace kube-system.') }),
    entryPoints: Type.Array(Type.String(), { description: 'Where the gateway answers.' }),
    apiServer: Type.Optional(text('Where it was last reached.')),
    host: Type.Optional(
      Type.Object(
        { cluster: text('Name of the host.'), incarnation: text('The registration of the host that it was made on.') },
        { description: 'Virtual clusters only.' },
      ),
    ),
    published: Type.Optional(
      Type.Array(PublicationStatus, { description: 'Where it is made known in a management cluster.' }),
    ),
    paused: Type.Optional(Pause),
    lastCheckedAt: Type.Optional(
      time(
        'When the last look that has ended began, also one that did not reach the cluster; absent before the first.',
      ),
    ),
    registeredAt: Type.Optional(
      time('When this registration was made; absent where the file does not say, as those of the original.'),
    ),
    commit: commitId('Commit that brought the file to this state.'),
  },
  { $id: 'ClusterStatus' },
);

export const StatusListReply = Type.Object(
  {
    items: Type.Array(StatusSummary),
  },
  {
    $id: 'ClusterStatusList',
    description: 'In the order of names; also of clusters that are being deleted or whose file cannot be understood.',
  },
);

export const ClusterEventReply = Type.Object(
  {
    id: Type.Integer({ description: 'Increases with every event of every cluster.' }),
    cluster: Type.String(),
    incarnation: Type.String(),
    time: time('When it happened.'),
    type: Type.Enum(['Normal', 'Warning']),
    reason: text('In CamelCase, stable.'),
    ...message,
    remedy: Type.Optional(remedy.remedy),
    action: remedy.action,
    subject: text('The stage or component, e.g. `components/argocd`; empty for the cluster as a whole.'),
  },
  { $id: 'ClusterEvent' },
);

export const EventPageReply = Type.Object(
  {
    items: Type.Array(ClusterEventReply),
    complete: Type.Boolean({ description: 'False when events between were dropped by retention.' }),
    latest: Type.Integer({ description: 'Id of the newest event there is.' }),
  },
  { $id: 'EventPage' },
);

const reference = {
  apiVersion: Type.String(),
  kind: Type.String(),
  namespace: text('Empty for cluster-scoped objects.'),
  name: Type.String(),
};

/** Why an object is still there: in words, and as data. */
const why = {
  reason: text('For people, in the language of the reply.'),
  messageId: message.messageId,
  params: message.params,
};

export const ReceiptReply = Type.Object(
  {
    cluster: Type.String(),
    incarnation: Type.String(),
    apiServer: Type.String(),
    kubernetesUid: Type.String(),
    requestedBy: Type.String(),
    requestedAt: time('When the deletion was asked for.'),
    completedAt: time('When it ended.'),
    forced: Type.Boolean(),
    outcome: Type.Enum(['Complete', 'Incomplete'], { description: '`Incomplete`: see `remaining`.' }),
    commit: commitId('The commit that removed the file.'),
    created: Type.Array(Type.Object(reference), { description: 'Every object that we had created.' }),
    removed: Type.Array(Type.Object(reference)),
    left: Type.Array(Type.Object({ ...reference, ...why }), {
      description: 'Left on purpose, and why.',
    }),
    lost: Type.Optional(
      Type.Array(Type.Object({ ...reference, of: Type.String({ description: 'The definition or namespace.' }) }), {
        description: 'What users had built and went with a forced deletion, at most 100.',
      }),
    ),
    lostTotal: Type.Optional(Type.Integer({ description: 'How many of those there were.' })),
    remaining: Type.Array(Type.Object({ ...reference, ...why, command: Type.String() }), {
      description: 'Could not be removed, why, and the command that would.',
    }),
  },
  { $id: 'Receipt', description: 'The result of an off-boarding; retained after the cluster is gone.' },
);
