import { Type } from 'typebox';
import { ClusterReply } from './cluster.ts';
import { message } from './message.ts';
import { commitId } from './replies.ts';

/** What there is to read of one cluster besides its status. */

const text = (description: string) => Type.String({ description });

const HistoryEntry = Type.Object(
  {
    commit: commitId('The commit.'),
    author: text('Whose change it was.'),
    time: text('When it was committed, RFC 3339.'),
    subject: text('First line of the message.'),
    operation: text('`save`, `delete` or `rotate`; empty for a commit by hand.'),
    request_id: text('Of the request that made it, as in the log; empty for a commit by hand.'),
    skipped_check: Type.Boolean({ description: 'The cluster was not asked first.' }),
    forced: Type.Boolean({ description: 'A deletion that was forced.' }),
  },
  { $id: 'HistoryEntry' },
);

export const HistoryReply = Type.Object(
  {
    items: Type.Array(HistoryEntry, { description: 'Newest first, also of earlier registrations of the name.' }),
    before: Type.Optional(text('Gives the next page as `before`; absent on the last.')),
  },
  { $id: 'ClusterHistory' },
);

export const FileChangeReply = Type.Object(
  {
    commit: commitId('The commit.'),
    before: text('The file before it; empty when there was none.'),
    after: text('The file after it; empty when it removed the file.'),
    cluster: Type.Optional(ClusterReply),
  },
  { $id: 'ClusterFileChange', description: 'What a commit did to the file of a cluster.' },
);

export const FileReply = Type.Object(
  {
    text: text('The file as it is in the repository.'),
    generation: text('Its blob id; what `If-Match` takes.'),
    commit: commitId('The head that it was read at.'),
  },
  { $id: 'ClusterFile' },
);

const reference = {
  apiVersion: Type.String(),
  kind: Type.String(),
  namespace: text('Empty for cluster-scoped objects.'),
  name: Type.String(),
};

export const ObjectsReply = Type.Object(
  {
    items: Type.Array(
      Type.Object(
        {
          ...reference,
          component: text('Name in the catalogue, or of what is our own, such as `access`.'),
          state: Type.Enum(['applied', 'intended'], { description: '`intended`: it is not certain that it is there.' }),
          foreign: Type.Boolean({ description: 'It was there before, and is never deleted.' }),
          ready: Type.Optional(
            Type.Boolean({ description: 'How it was at the last look; absent where that is not known.' }),
          ),
          reason: Type.Optional(text('Why it was not ready, in CamelCase.')),
          message: Type.Optional(text('The same for people, in the language of the reply.')),
          messageId: message.messageId,
          params: message.params,
        },
        { $id: 'HeldObject' },
      ),
      { description: 'By component, kind, namespace and name.' },
    ),
    total: Type.Integer({ description: 'How many there are on all pages.' }),
    continue: Type.Optional(text('Gives the next page; absent on the last.')),
  },
  { $id: 'ClusterObjects', description: 'What is remembered of the objects of a cluster; the cluster is not asked.' },
);

export const RepairsReply = Type.Object(
  {
    items: Type.Array(
      Type.Object(
        {
          time: text('When it was set back, RFC 3339.'),
          component: text('Name in the catalogue.'),
          object: Type.Object(reference),
          fields: Type.Array(Type.String(), { description: 'Paths; none when the object had been deleted.' }),
          manager: text('Who had changed it, as the API server says; empty when that is not known.'),
          contested: Type.Boolean({
            description: 'A field of it was changed again and again, and is left alone since.',
          }),
        },
        { $id: 'Repair' },
      ),
      { description: 'Newest first, at most the last 100.' },
    ),
  },
  { $id: 'ClusterRepairs', description: 'What was changed by others and set back.' },
);

const receiptFacts = {
  cluster: Type.String(),
  incarnation: Type.String(),
  outcome: Type.Enum(['Complete', 'Incomplete'], { description: '`Incomplete`: something could not be removed.' }),
  requested_by: Type.String(),
  requested_at: text('When the deletion was asked for, RFC 3339.'),
  completed_at: text('When it ended, RFC 3339.'),
  forced: Type.Boolean(),
  commit: commitId('The commit that removed the file.'),
  created: Type.Integer({ description: 'Number of objects; these are lists in the receipt.' }),
  removed: Type.Integer(),
  left: Type.Integer(),
  lost: Type.Integer(),
  remaining: Type.Integer(),
};

export const ReceiptListReply = Type.Object(
  {
    items: Type.Array(Type.Object(receiptFacts, { $id: 'ReceiptSummary' }), { description: 'The last first.' }),
    continue: Type.Optional(text('Gives the next page; absent on the last.')),
  },
  { $id: 'ReceiptList' },
);
