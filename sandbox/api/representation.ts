import type { JsonObject } from '../base/json.ts';
import { apiVersionOf, type ResourceDefinition } from '../resources/resource-definition.ts';
import { metadataText, objectText, readObject, type StoredObject } from '../store/stored-object.ts';
import { type Exchange } from './exchange.ts';
import { headerOf } from '../base/http.ts';
import { table } from './table.ts';

/** The representation requested by the `Accept` header. */
export type Representation = 'object' | 'metadata' | 'table';

const TABLE_FORM = /as=Table(?:;|,|$)/;
const METADATA_FORM = /as=PartialObjectMetadata(?:List)?(?:;|,|$)/;

export function representationOf(exchange: Exchange): Representation {
  const accept = headerOf(exchange.request, 'accept').replaceAll(' ', '');
  if (TABLE_FORM.test(accept)) return 'table';
  return METADATA_FORM.test(accept) ? 'metadata' : 'object';
}

function typeOf(resource: ResourceDefinition): { apiVersion: string; kind: string } {
  return { apiVersion: apiVersionOf(resource), kind: resource.kind };
}

export function represent(
  resource: ResourceDefinition,
  stored: StoredObject,
  form: Representation,
  includeObject = 'Metadata',
): string {
  if (form === 'object') return objectText(stored, typeOf(resource));
  if (form === 'metadata') {
    return `{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":${metadataText(stored)}}`;
  }
  const metadata = { resourceVersion: String(stored.resourceVersion) };
  return JSON.stringify(table(resource, [readObject(stored, typeOf(resource))], metadata, includeObject));
}

/** Items of built-in lists carry no type of their own. */
export function representList(
  resource: ResourceDefinition,
  stored: readonly StoredObject[],
  form: Representation,
  metadata: JsonObject,
  includeObject: string,
): string {
  const type = typeOf(resource);
  if (form === 'table') {
    const objects = stored.map((object) => readObject(object, type));
    return JSON.stringify(table(resource, objects, metadata, includeObject));
  }
  const head = form === 'metadata' ? METADATA_LIST : { kind: resource.listKind, apiVersion: type.apiVersion };
  const items = stored.map((object) => {
    if (form === 'metadata') return represent(resource, object, form);
    return objectText(object, resource.custom === undefined ? undefined : type);
  });
  return `${JSON.stringify({ ...head, metadata }).slice(0, -1)},"items":[${items.join(',')}]}`;
}

const METADATA_LIST = { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1' };
