import { type JsonObject, stringAt } from '../base/json.ts';
import type { ResourceDefinition } from '../resources/resource-definition.ts';
import { conflict, OBJECT_MODIFIED } from '../base/status-error.ts';
import type { StoredObject } from '../store/stored-object.ts';

/** A body may name the version and the object that it is for. @throws StatusError 409 */
export function checkPreconditions(resource: ResourceDefinition, live: StoredObject, metadata: JsonObject): void {
  const uid = stringAt(metadata, 'uid');
  if (uid !== undefined && uid !== '' && uid !== live.uid) {
    const text = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${live.uid}`;
    throw conflict(resource, live.name, text);
  }
  const version = stringAt(metadata, 'resourceVersion');
  if (version !== undefined && version !== '' && version !== String(live.resourceVersion)) {
    throw conflict(resource, live.name, OBJECT_MODIFIED);
  }
}

/** @throws StatusError 409 when the object violates the preconditions of the deletion */
export function checkDeletePreconditions(
  resource: ResourceDefinition,
  live: StoredObject,
  preconditions: JsonObject | undefined,
): void {
  const uid = stringAt(preconditions, 'uid');
  if (uid !== undefined && uid !== live.uid) {
    const text = `the UID in the precondition (${uid}) does not match the UID in record (${live.uid}). The object might have been deleted and then recreated`;
    throw conflict(resource, live.name, text);
  }
  const version = stringAt(preconditions, 'resourceVersion');
  if (version !== undefined && version !== String(live.resourceVersion)) {
    const text = `the ResourceVersion in the precondition (${version}) does not match the ResourceVersion in record (${live.resourceVersion}). The object might have been modified`;
    throw conflict(resource, live.name, text);
  }
}
