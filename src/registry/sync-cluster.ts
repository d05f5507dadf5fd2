import { preciseTimestamp } from '../base/clock.ts';
import { NautesError } from '../errors/errors.ts';
import { message } from '../messages/message.ts';
import { CLUSTER_KIND } from '../resources/cluster/cluster-key.ts';
import { authorizeWrite } from './authorization.ts';
import type { SyncResult } from './cluster-registry.ts';
import { getStatus } from './read/read-statuses.ts';
import type { UseCase } from './services.ts';

/**
 * Asks for a look at the cluster now, also at one that is being deleted or whose file cannot be understood. Nothing is
 * committed.
 * @throws NautesError `ClusterNotFound`, `ControllersElsewhere`
 */
export async function syncCluster(useCase: UseCase, name: string): Promise<SyncResult> {
  const { services, caller } = useCase;
  await authorizeWrite(useCase, 'sync');
  const { incarnation } = await getStatus(useCase, name);
  if (services.controllers === undefined) throw new NautesError('ControllersElsewhere', { cluster: name });
  const requestedAt = preciseTimestamp(services.clock.now());
  const text = message('SyncRequested', { caller: caller.name });
  const registration = { kind: CLUSTER_KIND, name, incarnation };
  await services.events.add({ ...registration, type: 'Normal', reason: 'SyncRequested', message: text, subject: '' });
  await services.controllers.look(name, useCase.signal);
  return { requestedAt };
}
