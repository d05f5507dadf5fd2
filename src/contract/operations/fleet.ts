import { Type } from 'typebox';
import { FleetComponentsReply, FleetReply, FleetSummaryReply } from '../schemas/fleet.ts';
import { FleetComponentsQuery, FleetQuery } from '../schemas/queries.ts';
import { paths } from '../paths.ts';
import { json, IF_NONE_MATCH, INVALID } from './replies.ts';
import type { Operation } from '../operation.ts';

const fleetStream = Type.String({
  description:
    'Server-sent events. `rows`: `id` is the revision, `data` `{"rows": [FleetRow], "gone": [name]}` with the last state ' +
    'of each cluster that has changed, at most every 250 ms. `reset`: the revision is not known (any more): read the ' +
    'snapshot again. Comments keep the connection open.',
});

/** All clusters at once. */
export const fleetOperations = {
  getFleet: {
    id: 'Fleet_GetFleet',
    method: 'GET',
    path: paths.fleet,
    access: 'reader',
    summary: 'Show all clusters in short, or follow how they change',
    description:
      'A snapshot, or with `Accept: text/event-stream` a stream of what changes from a revision on: read the snapshot, ' +
      'then follow from its `revision`. Rows with the revision that is known, or a lower one, say nothing new.',
    query: FleetQuery,
    headers: {
      ...IF_NONE_MATCH,
      'Last-Event-ID': 'Revision that is known; without one only what changes from now on is sent.',
    },
    replies: {
      200: {
        description: 'The clusters in the order of their names, or the stream.',
        content: { 'application/json': FleetReply, 'text/event-stream': fleetStream },
        headers: { ETag: 'Of this revision in this language.' },
      },
      304: { description: 'The caller has this revision already.', headers: { ETag: 'Of this revision.' } },
    },
    errors: { 429: 'Too many streams are open.' },
  },
  getFleetSummary: {
    id: 'Fleet_GetFleetSummary',
    method: 'GET',
    path: paths.fleetSummary,
    access: 'reader',
    summary: 'Count all clusters',
    replies: { 200: json('The counts.', FleetSummaryReply) },
  },
  getFleetComponents: {
    id: 'Fleet_GetFleetComponents',
    method: 'GET',
    path: paths.fleetComponents,
    access: 'reader',
    summary: 'Show which versions of components clusters have',
    query: FleetComponentsQuery,
    replies: { 200: json('The components.', FleetComponentsReply) },
    errors: { 400: INVALID },
  },
} as const satisfies Readonly<Record<string, Operation>>;
