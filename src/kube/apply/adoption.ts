import { message } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';
import type { FormerField } from '../../resources/inventory.ts';
import {
  type FieldPath,
  formatFieldPath,
  parseFieldPath,
  valueAtPath,
  withoutPath,
  withValueAtPath,
} from '../../kube-objects/field-path.ts';
import { ADOPTED_ANNOTATION, isRecord, type KubeObject } from '../../kube-objects/kube-object.ts';
import { ownersOfField } from '../../kube-objects/managed-fields.ts';
import { differences } from './differences.ts';
import { OWN_LABELS } from './release-labels.ts';

/** Former values of one object are kept up to this size: they are for settings, not for schemas of definitions. */
const MAXIMUM_FORMER_BYTES = 16 * 1024;
const MAXIMUM_FORMER_FIELDS = 200;

/**
 * What applying `desired` changes on an object that existed before us, with the values that it had.
 * @param known what was changed before
 */
export function formerFields(
  desired: KubeObject,
  live: KubeObject,
  known: readonly FormerField[] = [],
): readonly FormerField[] {
  const paths = new Set(known.map(({ path }) => path));
  const isNew = (path: FieldPath): boolean => {
    if (paths.has(formatFieldPath(path)) || isOwnMark(path)) return false;
    // What we have applied before and somebody has changed since is no value of theirs from before us.
    return known.length === 0 || valueAtPath(live, path) === undefined || ownersOfField(live, path).length > 0;
  };
  const changed = differences(desired, live)
    .flatMap((path) => eachLabel(path, desired))
    .filter(isNew);
  const found = changed.slice(0, MAXIMUM_FORMER_FIELDS).map((path) => formerField(path, live));
  return found.length === 0 ? known : bounded([...known, ...found], changed.length > MAXIMUM_FORMER_FIELDS);
}

function formerField(path: FieldPath, live: KubeObject): FormerField {
  const text = formatFieldPath(path);
  const value = valueAtPath(live, path);
  const isKept = live.kind !== 'Secret' || text.startsWith('metadata.');
  if (!isKept || formatFieldPath(parseFieldPath(text)) !== text) return { path: text, isKnown: false };
  return value === undefined ? { path: text } : { path: text, value };
}

function bounded(fields: readonly FormerField[], isCut: boolean): readonly FormerField[] {
  const isLong = Buffer.byteLength(JSON.stringify(fields)) > MAXIMUM_FORMER_BYTES;
  return isCut || isLong ? fields.map(({ path }) => ({ path, isKnown: false })) : fields;
}

/** Labels and annotations are changed one by one, also where there were none: others may add theirs. */
function eachLabel(path: FieldPath, desired: KubeObject): readonly FieldPath[] {
  const text = formatFieldPath(path);
  if (text !== 'metadata.labels' && text !== 'metadata.annotations') return [path];
  const members = valueAtPath(desired, path);
  return isRecord(members) ? Object.keys(members).map((name) => [...path, { kind: 'member', name }]) : [path];
}

/** What marks an object as ours is always taken off. */
function isOwnMark(path: FieldPath): boolean {
  const text = formatFieldPath(path);
  if (text === `metadata.annotations["${ADOPTED_ANNOTATION}"]`) return true;
  return OWN_LABELS.some((label) => text === `metadata.labels["${label}"]`);
}

/** Whether everything that we have changed can be set back. */
export function canBeSetBack(former: readonly FormerField[]): boolean {
  return former.length > 0 && former.every(({ isKnown }) => isKnown !== false);
}

/** The object as it was before us, as far as we have changed it. */
export function setBack(live: KubeObject, former: readonly FormerField[]): KubeObject {
  return former.reduce<unknown>((object, field) => {
    const path = parseFieldPath(field.path);
    return 'value' in field ? withValueAtPath(object, path, field.value) : withoutPath(object, path);
  }, live) as KubeObject; // fields within it have changed
}

/** Why an adopted object stays, and what becomes of what we have changed on it. */
export function whyAdoptedStays(former: readonly FormerField[] = []): Message {
  const fields = former.map(({ path }) => path);
  if (fields.length === 0) return message('Retained.existedBefore');
  return canBeSetBack(former) ? message('Retained.setBack', { fields }) : message('Retained.changed', { fields });
}

/** Why an adopted object stays that could not be set back. */
export function whyAdoptedIsUnchanged(former: readonly FormerField[]): Message {
  const fields = former.map(({ path }) => path);
  return fields.length === 0 ? message('Retained.existedBefore') : message('Retained.changed', { fields });
}
