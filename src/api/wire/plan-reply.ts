import type { Cluster } from '../../resources/cluster/cluster.ts';
import { reportedViolations, type Violation } from '../../errors/violation.ts';
import type { ClusterPlan, PlanFinding } from '../../registry/save/cluster-plan.ts';
import type { PlanReply } from '../../contract/schemas/plan.ts';
import type { Reply } from '../../contract/reply.ts';
import { clusterKind } from '../../resources/cluster/cluster-kind.ts';
import { resourceReply } from './resource-reply.ts';
import { type Language, type Message, textIn } from '../../messages/text.ts';
import { messageReply, remedyReply } from './message-reply.ts';
import { wireReason } from './error-reply.ts';

type PlanWire = Reply<typeof PlanReply>;
type FieldChange = PlanWire['diff'][number];
type Finding = PlanWire['findings'][number];

/** What was found wrong with the request itself before the registry was asked. */
export interface DecodingFindings {
  readonly violations: readonly Violation[];
  readonly warnings: readonly Message[];
}

/** Fields of a plan that are shown; of further ones only the number is. */
const MAXIMUM_DIFF_FIELDS = 200;
/** Characters that are shown of the value of a field before and after; a longer one ends with an ellipsis. */
const MAXIMUM_DIFF_VALUE = 2_000;

export function planReply(name: string, plan: ClusterPlan, decoding: DecodingFindings, language: Language): PlanWire {
  const diff = [...kubeconfigChange(plan), ...fieldChanges(plan.before, plan.after)];
  return {
    name,
    changed: plan.changed,
    ...shownDiff(diff),
    components: plan.components.map(({ advisories, requires, after, ...component }) => ({
      ...component,
      requires: [...requires],
      after: [...after],
      advisories: advisories.map((advisory) => textIn(advisory, language)),
    })),
    findings: findings(plan, decoding).map((finding) => findingReply(finding, language)),
    file: plan.file,
    generation: plan.generation,
  };
}

/** In the order of names, but the kubeconfig last as far as it is shown; it always is. */
function shownDiff(diff: readonly FieldChange[]): Pick<PlanWire, 'diff' | 'diff_omitted'> {
  const shown = diff
    .slice(0, MAXIMUM_DIFF_FIELDS)
    .map(({ field, before, after }) => ({ field, before: shortened(before), after: shortened(after) }));
  const kubeconfig = shown.filter(({ field }) => field === 'kubeconfig');
  const omitted = diff.length - shown.length;
  return {
    diff: [...shown.filter(({ field }) => field !== 'kubeconfig'), ...kubeconfig],
    ...(omitted === 0 ? {} : { diff_omitted: omitted }),
  };
}

function shortened(value: string): string {
  return value.length <= MAXIMUM_DIFF_VALUE ? value : `${value.slice(0, MAXIMUM_DIFF_VALUE - 1)}…`;
}

/** What blocks first; a field whose shape is wrong is named for that alone. */
function findings(plan: ClusterPlan, { violations, warnings }: DecodingFindings): readonly PlanFinding[] {
  const ofShape = reportedViolations(violations).map((violation) => ({
    reason: 'Validator',
    ...violation,
    blocking: true,
  }));
  const named = new Set(violations.map(({ field }) => field).filter((field) => field !== ''));
  const ofRegistry = plan.findings.filter(({ field }) => !named.has(field));
  const notes = warnings.map((said) => ({ reason: 'Warning', field: '', said, blocking: false }));
  const all = [...ofShape, ...ofRegistry, ...notes];
  return [...all.filter(({ blocking }) => blocking), ...all.filter(({ blocking }) => !blocking)];
}

/** A finding in words and as data. */
export function findingReply(finding: PlanFinding, language: Language): Finding {
  const { reason, field, said, action, blocking, suggestion } = finding;
  return {
    reason: wireReason(reason),
    field,
    ...messageReply(said, language),
    ...remedyReply(action, language),
    blocking,
    ...(suggestion && { suggestion }),
  };
}

/** The fields in which two clusters differ, by their names on the wire. */
function fieldChanges(before: Cluster | undefined, after: Cluster | undefined): readonly FieldChange[] {
  if (after === undefined) return [];
  const left = before === undefined ? new Map<string, string>() : fieldsOf(before);
  const right = fieldsOf(after);
  const fields = [...new Set([...left.keys(), ...right.keys()])].toSorted();
  return fields
    .map((field) => ({ field, before: left.get(field) ?? '', after: right.get(field) ?? '' }))
    .filter((change) => change.before !== change.after);
}

function fieldsOf(cluster: Cluster): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  flatten('', resourceReply(clusterKind, cluster), fields);
  fields.delete('name');
  return fields;
}

function flatten(path: string, value: unknown, fields: Map<string, string>): void {
  if (value === null || value === '') return;
  if (typeof value === 'string') fields.set(path, value);
  else if (typeof value !== 'object' || Array.isArray(value)) fields.set(path, JSON.stringify(value));
  else for (const [key, member] of Object.entries(value)) flatten(path === '' ? key : `${path}.${key}`, member, fields);
}

/** Never the content: only what it is to the one before. */
function kubeconfigChange({ kubeconfig }: ClusterPlan): readonly FieldChange[] {
  if (kubeconfig === undefined || kubeconfig === 'same') return [];
  return [{ field: 'kubeconfig', before: kubeconfig === 'new' ? '' : 'stored', after: kubeconfig }];
}
