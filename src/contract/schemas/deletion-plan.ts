import { Type } from 'typebox';
import { Finding } from './plan.ts';
import { message } from './message.ts';

const text = (description: string) => Type.String({ description });

const reference = {
  apiVersion: Type.String(),
  kind: Type.String(),
  namespace: text('Empty for cluster-scoped objects.'),
  name: Type.String(),
};

export const DeletionPlanReply = Type.Object(
  {
    name: Type.String(),
    commit_removes: Type.Optional(text('The file that a commit would remove; empty when there is none any more.')),
    virtual_clusters: Type.Optional(
      Type.Array(Type.String(), { description: 'Those that it is the host of: they have to be deleted first.' }),
    ),
    reachable: Type.Optional(
      Type.Boolean({ description: 'Whether the cluster answered; absent when nothing on it has to be looked at.' }),
    ),
    grace_seconds: Type.Optional(
      Type.Integer({ description: 'How long an off-boarding waits for a cluster that does not answer.' }),
    ),
    findings: Type.Array(Finding, { description: 'Everything at once, what blocks first.' }),
    components: Type.Array(
      Type.Object({
        name: text('Name in the catalogue, or `access`, `secret-access` and `virtual-cluster` for what is our own.'),
        objects: Type.Integer({ description: 'How many objects of it would be deleted.' }),
      }),
    ),
    removed: Type.Array(Type.Object({ ...reference, component: text('What it is of.') }), {
      description: 'Objects that would be deleted.',
    }),
    lost: Type.Array(
      Type.Object({
        ...reference,
        relation: Type.Enum(['instance', 'content'], {
          description: 'Whether it is an instance of a definition or in a namespace of a component.',
        }),
        of: text('The definition or namespace it would go with.'),
      }),
      { description: 'What users have made and would lose; without `force` the deletion is refused for it.' },
    ),
    left: Type.Array(
      Type.Object({
        ...reference,
        reason: text('For people, in the language of the reply.'),
        messageId: message.messageId,
        params: message.params,
      }),
      { description: 'What would be left on the cluster on purpose, and why.' },
    ),
  },
  { $id: 'DeletionPlan', description: 'What a deletion would do. Nothing was changed.' },
);
