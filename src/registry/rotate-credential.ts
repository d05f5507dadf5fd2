import { defined } from '../base/defined.ts';
import { changeRegistered } from './change-registered.ts';
import type { RotateOptions, SaveResult } from './cluster-registry.ts';
import type { UseCase } from './services.ts';

/**
 * Asks for a new credential of our own: one commit that names the request in the file, which the controllers carry out
 * like any other change. Without a key every call is a request of its own.
 * @throws NautesError `ClusterNotFound`, `ClusterChanged`, or the problem of a file that cannot be understood
 */
export function rotateCredential(
  useCase: UseCase,
  name: string,
  { ifMatch, key = useCase.requestId }: RotateOptions,
): Promise<SaveResult> {
  return changeRegistered(useCase, name, {
    verb: 'rotate',
    subject: `Rotate the credential of cluster ${name}`,
    ...defined({ ifMatch }),
    change: (cluster) => ({ ...cluster, rotationRequest: key }),
  });
}
