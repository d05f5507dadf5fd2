import type { FastifyReply, FastifyRequest } from 'fastify';
import { operations } from '../../contract/operations.ts';
import { FleetComponentsReply, FleetSummaryReply } from '../../contract/schemas/fleet.ts';
import { FleetComponentsQuery } from '../../contract/schemas/queries.ts';
import type { Language } from '../../messages/text.ts';
import type { ClusterRegistry } from '../../registry/cluster-registry.ts';
import {
  type CatalogVersion,
  componentMatrix,
  type FailingComponent,
  fleetSummary,
} from '../../registry/fleet/fleet-views.ts';
import type { FleetReader } from '../../registry/fleet/fleet.ts';
import { callOf } from '../http/call.ts';
import { sendJson, sendTexts } from '../http/replies.ts';
import { languageOf, mayRead, readQuery, type Route, textOf } from '../http/route.ts';
import { messageReply } from '../wire/message-reply.ts';

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
    const language = languageOf(request);
    const items = componentMatrix(fleet.rows(), components, wanted).map(({ failing, ...item }) => ({
      ...item,
      ...(failing && { failing: failing.map((one) => failingReply(one, language)) }),
    }));
    return sendTexts(reply, language, 200, FleetComponentsReply, { items });
  };
  return [
    { operation: operations.getFleetSummary, handle: summary },
    { operation: operations.getFleetComponents, handle: matrix },
  ];
}

function failingReply({ cluster, version, phase, why }: FailingComponent, language: Language) {
  const known = { cluster, version, phase, reason: why?.reason ?? '' };
  if (why === undefined) return { ...known, message: '' };
  const { message, messageId } = messageReply(why.message, language);
  return { ...known, message, messageId };
}
