import { Type } from 'typebox';

/**
 * Query parameters for the API description and the decoder. For those that are in the path too, the
 * path's value applies, as in the original.
 */

const text = (description: string) => Type.Optional(Type.String({ description }));
const flag = (description: string) => Type.Optional(Type.Boolean({ description, default: false }));
const name = { cluster_name: Type.Optional(Type.String()) };

const skipCheck = flag(
  'Skip asking the cluster before it is registered; the commit tells who did. Addresses are checked all the same.',
);

const takeOver = flag(
  'Take the cluster over from another installation that holds it, with everything it has made there; the commit tells from whom.',
);

export const SaveQuery = Type.Object({ ...name, insecure_skip_check: skipCheck, take_over: takeOver });

/** The body of a pause. */
export const PauseBody = Type.Object(
  {
    until: text('When it ends by itself, RFC 3339; left out: when the cluster is resumed.'),
    reason: text('Why, for others to read: at most 200 characters.'),
  },
  { $id: 'PauseBody' },
);

export const GetQuery = Type.Object(name);

export const ListQuery = Type.Object({
  field_selector: text(
    'Comma-separated `key=value`, all must hold: `cluster_name` (part of it), `cluster_type`, `usage`, `worker_type`.',
  ),
  limit: Type.Optional(
    Type.String({ description: 'Items in a page, 1 to 10000; left out: all.', pattern: '^[0-9]*$' }),
  ),
  continue: text('What the page before answered.'),
});

export const DeleteQuery = Type.Object({
  ...name,
  insecure_skip_check: flag('Accepted and without effect, as in the original.'),
  force: flag(
    'Delete also what users have built on the components (instances of their definitions, content of their namespaces), ' +
      'and do not wait for a cluster that does not answer: nothing on it is deleted then.',
  ),
  dry_run: flag('Answer what the deletion would do, with these options, and change nothing.'),
});

const limit = (maximum: number) =>
  Type.Optional(
    Type.String({ description: `Items in a page, 1 to ${maximum}; left out: ${maximum}.`, pattern: '^[0-9]*$' }),
  );
const next = text('What the page before answered.');

export const HistoryQuery = Type.Object({
  limit: limit(100),
  before: text('Only commits before this one: what the page before answered.'),
});

export const ObjectsQuery = Type.Object({
  component: text('Only objects of this component.'),
  limit: limit(1000),
  continue: next,
});

export const NodePortsQuery = Type.Object({
  count: Type.Optional(
    Type.String({ description: 'How many free ones to look for, 1 to 20; left out: 3.', pattern: '^[0-9]*$' }),
  ),
});

export const ReceiptQuery = Type.Object({
  incarnation: text('That of this registration; left out: of the one that ended last.'),
});

export const ReceiptsQuery = Type.Object({ limit: limit(100), continue: next });

export const FleetComponentsQuery = Type.Object({
  component: text('Only this one, with the names of the clusters.'),
  version: text('Only this version.'),
});

export const FleetQuery = Type.Object({
  after: text('Revision that is known; the header `Last-Event-ID` wins. For streams.'),
});

export const EventsQuery = Type.Object({
  last: Type.Optional(
    Type.String({
      description: 'The newest events instead, newest first, so many and at most 1000; for pages of JSON.',
      pattern: '^[0-9]*$',
    }),
  ),
  type: text('Of those, only `Normal` or `Warning`.'),
  reason: text('Of those, only the ones with this reason.'),
  after: Type.Optional(
    Type.String({
      description: 'Id of the last event that is known; the header `Last-Event-ID` wins.',
      pattern: '^[0-9]*$',
    }),
  ),
  limit: Type.Optional(
    Type.String({ description: 'Events in a page of JSON, at most 1000; not for streams.', pattern: '^[0-9]*$' }),
  ),
});
