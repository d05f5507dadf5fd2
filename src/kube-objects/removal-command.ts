import type { ObjectReference } from '../resources/object-reference.ts';
import { groupOf } from './kube-object.ts';
import { applyPhaseOf } from './resource-types.ts';

/**
 * The command that deletes an object, for people. Names that a shell could misread are quoted. A definition goes only
 * when it has no instances: they would go with it.
 */
export function removalCommand(object: ObjectReference): string {
  const command = `kubectl delete ${target(object)}`;
  if (applyPhaseOf(object) !== 'definition') return command;
  return `found=$(kubectl get ${quoted(object.name)} --all-namespaces -o name) && [ -z "$found" ] && ${command}`;
}

/** The kubectl command that lets an object end whose finalizers nobody serves. */
export function releaseCommand(object: ObjectReference): string {
  return `kubectl patch ${target(object)} --type merge --patch '{"metadata":{"finalizers":null}}'`;
}

function target(object: ObjectReference): string {
  const group = groupOf(object.apiVersion);
  const kind = group === '' ? object.kind.toLowerCase() : `${object.kind.toLowerCase()}.${group}`;
  const namespace = object.namespace === '' ? '' : ` --namespace ${quoted(object.namespace)}`;
  return `${quoted(kind)} ${quoted(object.name)}${namespace}`;
}

function quoted(word: string): string {
  return /^[A-Za-z0-9][-A-Za-z0-9.:]*$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
