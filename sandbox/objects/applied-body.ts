import { arrayAt, type JsonObject } from '../base/json.ts';
import type { ResourceDefinition } from '../resources/resource-definition.ts';
import { badRequest, StatusError } from '../base/status-error.ts';
import { identified, withoutNulls, type WriteOptions } from './object-rules.ts';

export interface ApplyRequestOptions extends WriteOptions {
  readonly force?: boolean;
}

/**
 * What counts of the body of a server-side apply: without nulls, and only the status or everything else.
 *
 * @throws StatusError 400 with managed fields, 422 without a manager
 */
export function appliedBody(
  resource: ResourceDefinition,
  namespace: string,
  name: string,
  body: JsonObject,
  options: ApplyRequestOptions,
): JsonObject {
  if (options.manager === '') {
    throw new StatusError(
      422,
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
      {
        reason: 'Invalid',
        details: { group: 'meta.k8s.io', kind: 'PatchOptions' },
        causes: [
          {
            reason: 'FieldValueRequired',
            message: 'Required value: is required for apply patch',
            field: 'fieldManager',
          },
        ],
      },
    );
  }
  if (arrayAt(body, 'metadata', 'managedFields').length > 0) {
    throw badRequest('metadata.managedFields must be nil');
  }
  const stripped = withoutNulls(identified(resource, namespace, body, name));
  const { status, ...withoutOwnStatus } = stripped;
  if (options.subresource === 'status') {
    return { apiVersion: stripped['apiVersion'], kind: stripped['kind'], metadata: stripped['metadata'], status };
  }
  return resource.subresources.has('status') ? withoutOwnStatus : stripped;
}
