import { message } from '../messages/message.ts';
import type { CredentialScope } from '../resources/credential.ts';
import { clusterNameProblem } from '../resources/cluster/names.ts';
import type { Message } from '../messages/text.ts';

/** Largest credential in plain text: certificate chain and key of the largest accepted kubeconfig, with a margin. */
export const MAXIMUM_CREDENTIAL_BYTES = 1024 * 1024;

const VERSION = /^[0-9a-f]{40}$/;
/** The rules of a Kubernetes label value, because it is used as one. */
const INCARNATION = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/** Why nothing can be stored for a registration; names are used as paths only when there is no reason. */
export function scopeProblem(scope: CredentialScope): Message | undefined {
  const problem = clusterNameProblem(scope.cluster);
  if (problem !== undefined) return problem;
  return INCARNATION.test(scope.incarnation) ? undefined : message('CredentialScopeInvalid.incarnation');
}

export function isVersion(text: string): boolean {
  return VERSION.test(text);
}
