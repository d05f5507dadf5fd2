import { Type } from 'typebox';
import { phases } from '../../resources/phase.ts';
import { message, remedy } from './message.ts';
import { Pause } from './pause.ts';

const text = (description: string) => Type.String({ description });

export const FleetRowReply = Type.Object(
  {
    name: Type.String(),
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
    registered_at: Type.Optional(text('When this registration was made, RFC 3339; absent where that is not known.')),
    kubernetes_version: Type.String(),
    components: Type.Object({
      total: Type.Integer(),
      ready: Type.Integer(),
      not_ready: Type.Array(Type.String(), { description: 'Names of those that are not.' }),
    }),
    credential_expires_at: text('End of the credential in use. RFC 3339; empty when there is none.'),
    paused: Type.Optional(Pause),
    changed_at: text('When the file was changed last, RFC 3339; empty while that is not known yet.'),
    changed_by: text('By whom.'),
    commit: text('First 12 digits of the commit of that change.'),
    repairs_24h: Type.Optional(
      Type.Integer({ description: 'Repairs of drift within the last 24 hours; absent when there were none.' }),
    ),
    contested: Type.Optional(
      Type.Boolean({ description: 'Whether another manager keeps changing a field back, which is left alone.' }),
    ),
  },
  { $id: 'FleetRow' },
);

const counts = (description: string) =>
  Type.Unsafe<Record<string, number>>({ type: 'object', description, additionalProperties: { type: 'integer' } });
const number = (description: string) => Type.Integer({ description });

export const FleetSummaryReply = Type.Object(
  {
    total: number('All clusters.'),
    by_phase: counts('How many have each phase.'),
    by_kind: counts('How many are a `host`, or workers of type `deployment` or `pipeline`.'),
    by_type: counts('How many are `physical` and `virtual`.'),
    by_kubernetes: counts('By minor version, such as `v1.36`.'),
    by_reason: counts('Why those that are not ready are not.'),
    credentials: Type.Object(
      {
        ended: number('Have ended.'),
        within_1_day: number('End within a day, or have ended.'),
        within_7_days: number('The same of 7 days.'),
        within_30_days: number('The same of 30 days.'),
      },
      { description: 'When credentials in use end.' },
    ),
    paused: number('Paused for maintenance.'),
    running: number('Being set up, or on their way out.'),
  },
  { $id: 'FleetSummary', description: 'All clusters counted; what is not known is counted as `unknown`.' },
);

export const FleetComponentsReply = Type.Object(
  {
    items: Type.Array(
      Type.Object(
        {
          name: text('Name in the catalogue.'),
          category: text('Empty when it is not in the catalogue any more.'),
          version: text('Version of the catalogue; empty likewise.'),
          versions: Type.Array(
            Type.Object({
              version: Type.String(),
              clusters: number('How many clusters have it.'),
              not_ready: number('On how many of them it is not ready.'),
              names: Type.Optional(
                Type.Array(Type.String(), { description: 'Those clusters, when one component was asked for.' }),
              ),
            }),
            { description: 'What clusters have, the most frequent first.' },
          ),
          failing: Type.Optional(
            Type.Array(
              Type.Object({
                cluster: Type.String(),
                version: Type.String(),
                phase: Type.Enum(['Pending', 'Installing', 'Ready', 'Degraded', 'Removing']),
                reason: text('In CamelCase.'),
                message: message.message,
                messageId: message.messageId,
              }),
              { description: 'Where it is not ready, and why, at most 200; when one component was asked for.' },
            ),
          ),
        },
        { $id: 'FleetComponent' },
      ),
    ),
  },
  { $id: 'FleetComponents', description: 'The components of the catalogue across all clusters.' },
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
