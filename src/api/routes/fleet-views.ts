import type { FastifyReply, FastifyRequest } from 'fastify';
import { operations } from '../../contract/operations.ts';
import { FleetComponentsReply, FleetSummaryReply } from '../../contract/schemas/fleet.ts';
import { FleetComponentsQuery } from '../../contract/schemas/queries.ts';
import type { ClusterRegistry } from '../../registry/cluster-registry.ts';
import { type CatalogVersion, componentMatrix, fleetSummary } from '../../registry/fleet/fleet-views.ts';
import type { FleetReader } from '../../registry/fleet/fleet.ts';
import { callOf } from '../http/call.ts';
import { sendJson } from '../http/replies.ts';
import { mayRead, readQuery, type Route, textOf } from '../http/route.ts';

export interface FleetViewParts {
  readonly registry: ClusterRegistry;
  readonly fleet: FleetReader;
  /** What the catalogue has of each component. */
  readonly components: readonly CatalogVersion[];
}

/** All clusters counted, and which versions of components they have. */
export function fleetViewRoutes({ registry, fleet, components }: FleetViewParts): readonly Route[] {
  const summary = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    await mayRead(registry, request);
    await fleet.ready(callOf(request).signal);
    return sendJson(reply, 200, FleetSummaryReply, fleetSummary(fleet.rows(), Date.now()));
  };
  const matrix = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    await mayRead(registry, request);
    const query = readQuery(request, FleetComponentsQuery);
    await fleet.ready(callOf(request).signal);
    const wanted = { component: textOf(query['component']), version: textOf(query['version']) };
    return sendJson(reply, 200, FleetComponentsReply, { items: componentMatrix(fleet.rows(), components, wanted) });
  };
  return [
    { operation: operations.getFleetSummary, handle: summary },
    { operation: operations.getFleetComponents, handle: matrix },
  ];
}
