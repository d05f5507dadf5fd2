import { NautesError } from '../../errors/errors.ts';
import { managementProblem } from '../../management/index.ts';
import { action } from '../../messages/action.ts';

/** Trouble with the management cluster as that of the secret store; any other error as it is. */
export function asStoreError(error: unknown, where: string): unknown {
  const problem = managementProblem(error, where);
  if (problem === undefined) return error;
  return new NautesError(
    'SecretStoreUnavailable',
    { problem },
    { cause: error, action: action('CheckManagementCluster') },
  );
}
