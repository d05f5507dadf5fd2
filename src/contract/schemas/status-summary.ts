import { Type } from 'typebox';
import { phases } from '../../resources/phase.ts';
import { Pause } from './pause.ts';
import { message, remedy } from './message.ts';

/** A status in the short form of lists. */
export const StatusSummary = Type.Object(
  {
    name: Type.String(),
    phase: Type.Enum([...phases]),
    reason: Type.String({ description: 'Of the condition `Ready`.' }),
    ...message,
    remedy: Type.Optional(remedy.remedy),
    action: remedy.action,
    kubernetes_version: Type.String(),
    components: Type.Object({ total: Type.Integer(), ready: Type.Integer() }),
    published: Type.Optional(
      Type.Array(Type.String(), { description: 'The publications of the cluster that are as they should be.' }),
    ),
    paused: Type.Optional(Pause),
    since: Type.Optional(
      Type.String({ description: 'Since when `Ready` is as it is. RFC 3339; absent before the first look.' }),
    ),
    last_checked_at: Type.Optional(Type.String({ description: 'As `lastCheckedAt` of the status.' })),
    registered_at: Type.Optional(Type.String({ description: 'As `registeredAt` of the status.' })),
    credential_expires_at: Type.String({
      description: 'End of the credential in use. RFC 3339; empty when there is none.',
    }),
  },
  { $id: 'ClusterStatusSummary' },
);
