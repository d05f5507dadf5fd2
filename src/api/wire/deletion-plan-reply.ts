import type { Reply } from '../../contract/reply.ts';
import type { DeletionPlanReply } from '../../contract/schemas/deletion-plan.ts';
import { render } from '../../messages/message.ts';
import type { Language } from '../../messages/text.ts';
import type { DeletionFinding, DeletionPlan } from '../../registry/delete/deletion-plan.ts';
import { findingReply } from './plan-reply.ts';

type DeletionPlanWire = Reply<typeof DeletionPlanReply>;

export function deletionPlanReply(
  name: string,
  plan: DeletionPlan,
  { language, graceSeconds }: { readonly language: Language; readonly graceSeconds: number },
): DeletionPlanWire {
  const byComponent = Map.groupBy(plan.removed, ({ component }) => component);
  const findings = plan.findings.map((finding) => readFinding(finding, language));
  return {
    name,
    commit_removes: plan.file,
    virtual_clusters: [...plan.virtualClusters],
    ...(plan.isReachable !== undefined && { reachable: plan.isReachable }),
    grace_seconds: graceSeconds,
    findings: [...findings.filter(({ blocking }) => blocking), ...findings.filter(({ blocking }) => !blocking)],
    components: [...byComponent].map(([component, objects]) => ({ name: component, objects: objects.length })),
    removed: plan.removed,
    lost: plan.lost.map(({ object, relation, of }) => ({ ...object, relation, of })),
    left: plan.left.map(({ reason, ...object }) => ({
      ...object,
      reason: render(reason, language),
      messageId: reason.id,
      params: reason.params,
    })),
  };
}

function readFinding(finding: DeletionFinding, language: Language): DeletionPlanWire['findings'][number] {
  if ('warning' in finding) {
    return findingReply({ reason: 'Warning', field: '', said: finding.warning, blocking: false }, language);
  }
  const { reason, said, action } = finding.error;
  return findingReply({ reason, field: '', said, action, blocking: true }, language);
}
