import type { AnyRoute } from '@tanstack/react-router';
import { readFleetAhead } from '../data/fleet.ts';
import { queryClient } from '../data/query-client.ts';
import { sessionQuery } from '../data/session.ts';
import { router } from './router.tsx';

/** Asks for the session, the rows and the code of the page at the same time, before anything is drawn. */
export function loadAhead(): void {
  const routes: Readonly<Record<string, AnyRoute>> = router.routesById;
  for (const match of router.matchRoutes(router.latestLocation)) {
    const route = routes[String(match.routeId)];
    if (route !== undefined) void router.loadRouteChunk(route)?.catch(() => {}); // the router asks again, and shows it
  }
  queryClient.ensureQueryData(sessionQuery).then(
    ({ caller }) => caller !== null && readFleetAhead(),
    () => {}, // the router asks again, and shows it
  );
}
