import { Secret } from '../../base/secret.ts';
import { textAt } from '../../kube-objects/kube-object.ts';
import type { ClusterConnection } from '../client/connection.ts';
import { KubeApiError } from '../client/kube-error.ts';
import { MAXIMUM_STATUS_BYTES } from '../transport/answer-limits.ts';

/** Short, and the shortest that an API server gives. */
const SAMPLE_SECONDS = 600;

/**
 * A token of a ServiceAccount that every cluster has, to try whether such tokens get through what stands before the API
 * server. Nothing is made for it, and it has no rights.
 * @returns `undefined` when the cluster gives none
 */
export async function sampleToken({ client }: ClusterConnection, signal: AbortSignal): Promise<Secret | undefined> {
  const path = '/api/v1/namespaces/default/serviceaccounts/default/token';
  const body = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: SAMPLE_SECONDS },
  };
  try {
    const answer = await client.json({ method: 'POST', path, body, maximumResponse: MAXIMUM_STATUS_BYTES }, signal);
    const token = textAt((answer as { status?: unknown }).status, 'token');
    return token === '' ? undefined : new Secret(token);
  } catch (error) {
    if (error instanceof KubeApiError) return undefined;
    throw error;
  }
}

/** Whether the credential of the connection reaches the API server: every ServiceAccount may ask what it may do. */
export async function isLetThrough({ client }: ClusterConnection, signal: AbortSignal): Promise<boolean> {
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: { resource: 'pods', verb: 'list' } },
  };
  try {
    await client.json({ method: 'POST', path, body, maximumResponse: MAXIMUM_STATUS_BYTES }, signal);
    return true;
  } catch (error) {
    if (!(error instanceof KubeApiError)) throw error;
    // Whoever is known by name to the one who refuses has got through.
    return error.httpStatus !== 401 && error.failure.peerMessage.includes('system:serviceaccount:default:default');
  }
}
