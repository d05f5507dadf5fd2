import { FIELD_MANAGER, type KubeObject, MANAGED_BY_LABEL } from '../kube-objects/kube-object.ts';

/**
 * Which of our contents an object of the management namespace holds. The labels of these objects are not those of objects
 * on clusters: a management cluster may be registered itself, and what is looked for there must not be found here.
 */
export const CONTENT_LABEL = 'state.nautes.io/content';

/** Labels of an object that holds something of this installation. */
export function contentLabels(content: string): Record<string, string> {
  return { [MANAGED_BY_LABEL]: FIELD_MANAGER, [CONTENT_LABEL]: content };
}

/** The text of a key of a Secret; `undefined` when the Secret has none. */
export function secretText(secret: KubeObject | undefined, key: string): string | undefined {
  const text = dataOf(secret)[key];
  return text === undefined ? undefined : Buffer.from(text, 'base64').toString('utf8');
}

/** The texts in `data` of a Secret (base64) or ConfigMap. */
export function dataOf(object: KubeObject | undefined): Readonly<Record<string, string>> {
  const data: unknown = object?.['data'];
  if (typeof data !== 'object' || data === null) return {};
  return Object.fromEntries(Object.entries(data).filter(([, value]) => typeof value === 'string'));
}
