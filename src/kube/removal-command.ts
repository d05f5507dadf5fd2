import type { ObjectReference } from '../model/status.ts';
import { groupOf } from './objects.ts';

/** The kubectl command that deletes an object, for people. Names that a shell could misread are quoted. */
export function removalCommand(object: ObjectReference): string {
  const group = groupOf(object.apiVersion);
  const kind = group === '' ? object.kind.toLowerCase() : `${object.kind.toLowerCase()}.${group}`;
  const namespace = object.namespace === '' ? '' : ` --namespace ${quoted(object.namespace)}`;
  return `kubectl delete ${quoted(kind)} ${quoted(object.name)}${namespace}`;
}

function quoted(word: string): string {
  return /^[A-Za-z0-9][-A-Za-z0-9.:]*$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
