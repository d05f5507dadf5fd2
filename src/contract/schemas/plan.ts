import { Type } from 'typebox';
import { message, remedy } from './message.ts';
import { catalogCategories } from '../../resources/cluster/components.ts';

const text = (description: string) => Type.String({ description });

const FieldChange = Type.Object(
  {
    field: text('Dotted, e.g. `components_list.gateway.additions.httpNodePort`.'),
    before: text('Empty when the field was not there.'),
    after: text('Empty when the field will not be there.'),
  },
  {
    $id: 'FieldChange',
    description: 'Of the kubeconfig it is only said whether it is the `same`, `different` or `new`.',
  },
);

const PlannedComponent = Type.Object(
  {
    name: text('Name in the catalogue.'),
    category: Type.Enum([...catalogCategories]),
    namespace: Type.String(),
    version: text('Version that will be there; of one that is removed the version that is there now.'),
    action: Type.Enum(['install', 'update', 'remove', 'keep']),
    requires: Type.Optional(
      Type.Array(Type.String(), { description: 'Components that are healthy before it is installed.' }),
    ),
    after: Type.Optional(
      Type.Array(Type.String(), { description: 'Components that are applied before; `*`: all others.' }),
    ),
    source: text('Where its objects come from; empty for one that is removed.'),
    advisories: Type.Array(Type.String(), { description: 'What people should know before they choose it.' }),
  },
  { $id: 'PlannedComponent' },
);

export const Finding = Type.Object(
  {
    reason: text('In capitals, as that of an error; `WARNING` for what only has to be known.'),
    field: text('The field it is about; empty for the request as a whole.'),
    ...message,
    ...remedy,
    suggestion: Type.Optional(
      Type.Object(
        { field: text('Dotted, as in `diff`.'), value: Type.String() },
        { description: 'A value with which it would not be found, such as a free node port.' },
      ),
    ),
    blocking: Type.Boolean({ description: 'Whether a save would be refused for it.' }),
  },
  { $id: 'Finding' },
);

export const PlanReply = Type.Object(
  {
    name: Type.String(),
    changed: Type.Boolean({ description: 'Whether a save would make a commit.' }),
    diff: Type.Array(FieldChange, { description: 'Long values end with an ellipsis.' }),
    diff_omitted: Type.Optional(
      Type.Integer({ description: 'How many further fields differ; absent when `diff` has all of them.' }),
    ),
    components: Type.Array(PlannedComponent),
    findings: Type.Array(Finding, { description: 'Everything at once, what blocks first.' }),
    file: text(
      'The file that would be committed, empty when it cannot be made. What only the save knows, such as the id of a ' +
        'new registration, is `assigned-by-the-save`.',
    ),
    generation: text('Generation of the present file, for the `If-Match` of the save; empty when there is none.'),
  },
  { $id: 'ClusterPlan', description: 'What a save would do. Nothing was changed.' },
);
