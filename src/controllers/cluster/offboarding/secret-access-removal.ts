import type { CredentialScope } from '../../../resources/credential.ts';
import type { ObjectReference } from '../../../resources/object-reference.ts';
import type { Receipt } from '../../../resources/cluster/receipt.ts';
import type { WorkloadAuthRemoval } from '../../../workload-auth/index.ts';
import type { ControllerServices } from '../runtime/services.ts';

/** Removes the login of the workloads of a cluster. @throws NautesError when it cannot be done now */
export async function removeSecretAccess(
  { workloadAuth }: Pick<ControllerServices, 'workloadAuth'>,
  scope: CredentialScope,
  signal: AbortSignal,
): Promise<WorkloadAuthRemoval> {
  return workloadAuth === undefined ? { kind: 'absent' } : workloadAuth.remove(scope, signal);
}

/** The receipt with what became of that. */
export function addSecretAccessRemoval(receipt: Receipt, removal: WorkloadAuthRemoval): Receipt {
  if (removal.kind === 'absent') return receipt;
  const object: ObjectReference = { apiVersion: 'vault', kind: 'AuthMethod', namespace: '', name: removal.place };
  switch (removal.kind) {
    case 'removed':
      return { ...receipt, created: [...receipt.created, object], removed: [...receipt.removed, object] };
    case 'left':
      return { ...receipt, left: [...receipt.left, { ...object, reason: removal.reason }] };
    case 'byOperator': {
      const { reason, command } = removal;
      const remaining = [...receipt.remaining, { ...object, reason, command }];
      return { ...receipt, outcome: 'Incomplete', created: [...receipt.created, object], remaining };
    }
    default:
      throw new Error('unknown end of the access to secrets');
  }
}
