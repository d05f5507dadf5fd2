import { Type } from 'typebox';
import { phases } from '../../resources/phase.ts';
import { message, remedy } from './message.ts';
import { Pause } from './pause.ts';
import { commitId } from './replies.ts';

const text = (description: string) => Type.String({ description });

export const FleetRowReply = Type.Object(
  {
    name: Type.String(),
    incarnation: text(
      'Identifies this registration of the name; empty before a file that cannot be understood had one.',
    ),
    cluster_type: text('As in the registration; these are empty where the file cannot be understood, or is gone.'),
    usage: Type.String(),
    worker_type: Type.String(),
    host_cluster: text('Virtual clusters only.'),
    api_server: Type.String(),
    phase: Type.Enum([...phases]),
    reason: text('Of the condition `Ready`.'),
    message: message.message,
    messageId: message.messageId,
    remedy: text('What to do, in the words of this API; empty when nothing needs to be done.'),
    action: remedy.action,
    since: text('Since when `Ready` is as it is, RFC 3339; empty before the first look.'),
    kubernetes_version: Type.String(),
    components: Type.Object({
      total: Type.Integer(),
      ready: Type.Integer(),
      not_ready: Type.Array(Type.String(), { description: 'Names of those that are not.' }),
    }),
    credential_expires_at: text('End of the credential in use. RFC 3339; empty when there is none.'),
    paused: Type.Optional(Pause),
    generation: text('Of the file; empty where there is none.'),
    changed_at: text('When the file was changed last, RFC 3339; empty while that is not known yet.'),
    changed_by: text('By whom.'),
    commit: commitId('The commit of that change.'),
    repairs_24h: Type.Optional(Type.Integer({ description: 'Repairs of drift within the last 24 hours.' })),
    contested: Type.Optional(
      Type.Boolean({ description: 'Whether another manager keeps changing a field back, which is left alone.' }),
    ),
  },
  { $id: 'FleetRow' },
);

export const FleetReply = Type.Object(
  {
    revision: text('Of the rows: what `Last-Event-ID` of the stream takes.'),
    items: Type.Array(FleetRowReply, { description: 'In the order of names.' }),
  },
  {
    $id: 'Fleet',
    description: 'All clusters in short, also those that are being deleted or whose file is not understood.',
  },
);
