import { isRecord } from '../../kube-objects/kube-object.ts';

/** A path segment, as Kubernetes demands of every name (`ValidatePathSegmentName`), without control characters. */
const NAME = /^(?!\.{1,2}$)[^/%\p{C}\p{Zl}\p{Zp}]{1,253}$/u;
const NAMESPACE = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** UUIDs in practice; opaque by the API conventions. */
const UID = /^[A-Za-z0-9._:-]{1,128}$/;
const RESOURCE_VERSION = /^[A-Za-z0-9._:=+-]{1,128}$/;
/** RFC 3339, as `metav1.Time` writes it. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

/** Whether the text is a time as Kubernetes writes it, and one that exists. */
export function isTime(text: string): boolean {
  return TIME.test(text) && !Number.isNaN(Date.parse(text));
}

/** Whether the text has the form of a `resourceVersion`, or is empty: aggregated APIs give none to a list. */
export function isResourceVersion(text: string): boolean {
  return text === '' || RESOURCE_VERSION.test(text);
}

const FORMS: Readonly<Record<string, RegExp>> = {
  namespace: NAMESPACE,
  uid: UID,
  resourceVersion: RESOURCE_VERSION,
  creationTimestamp: TIME,
  deletionTimestamp: TIME,
};

/**
 * Whether the metadata of an object has a name, and its other fields that become part of paths, of what is stored and of
 * what is shown have the form and length that Kubernetes gives them. Empty and null fields count as absent.
 */
export function hasValidMetadata(metadata: unknown): boolean {
  if (!isRecord(metadata)) return false;
  const { name } = metadata;
  if (typeof name !== 'string' || !NAME.test(name)) return false;
  return Object.entries(FORMS).every(([field, form]) => {
    const value = metadata[field];
    if (value === undefined || value === null || value === '') return true;
    return typeof value === 'string' && form.test(value);
  });
}
