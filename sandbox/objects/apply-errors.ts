import { ApplyConflictError, conflictText } from '../apply/server-side-apply.ts';
import { TypedValueError } from '../apply/typed-value.ts';
import { type JsonObject, stringAt } from '../base/json.ts';
import { apiVersionOf, type ResourceDefinition } from '../resources/resource-definition.ts';
import { StatusError } from '../base/status-error.ts';

/** The answer to an apply that failed: 409 with its causes, or 500 without a reason for a manifest that does not fit. */
export function applyError(error: unknown, resource: ResourceDefinition, applied: JsonObject): unknown {
  if (error instanceof ApplyConflictError) {
    return new StatusError(409, error.message, {
      reason: 'Conflict',
      details: {},
      causes: error.conflicts.map((found) => ({
        reason: 'FieldManagerConflict',
        message: conflictText(found),
        field: found.path,
      })),
    });
  }
  if (!(error instanceof TypedValueError)) return error;
  const [namespace, name] = [stringAt(applied, 'metadata', 'namespace') ?? '', stringAt(applied, 'metadata', 'name')];
  const where = `${namespace === '' ? '' : namespace}/${name}; ${apiVersionOf(resource)}, Kind=${resource.kind}`;
  return new StatusError(500, `failed to create typed patch object (${where}): ${error.message}`);
}
