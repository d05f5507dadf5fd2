import type { ClusterState } from '../cluster/cluster-state.ts';
import type { ResourceDefinition } from '../resources/resource-definition.ts';
import type { StoredObject } from '../store/stored-object.ts';
import { type Exchange, sendText } from './exchange.ts';
import { represent, representationOf } from './representation.ts';
import type { ResourcePath } from './request-path.ts';

/** A request for a resource that is known and allowed. */
export interface ResourceRequest {
  readonly cluster: ClusterState;
  readonly exchange: Exchange;
  readonly path: ResourcePath;
  readonly resource: ResourceDefinition;
  /** As RBAC names it. */
  readonly verb: string;
}

export function answerObject(request: ResourceRequest, code: number, stored: StoredObject): void {
  const { exchange, resource } = request;
  const text = represent(
    resource,
    stored,
    representationOf(exchange),
    exchange.query.get('includeObject') ?? 'Metadata',
  );
  sendText(exchange.response, code, text);
}
