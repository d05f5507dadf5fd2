import { message } from '../../messages/message.ts';
import type { Configuration } from './configuration.ts';
import { invalidKey } from './invalid.ts';

/** A namespace of Kubernetes (RFC 1123 label). */
const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/**
 * Checks what the schema cannot say of the management cluster: there is one source, and state goes only where this
 * server has an access of its own.
 * @throws NautesError `ConfigurationInvalid`
 */
export function checkManagement({ management, storage }: Configuration): void {
  const { kubeconfig, inCluster, cluster, namespace, publish } = management;
  const sources = [kubeconfig !== '', inCluster, cluster !== ''].filter(Boolean).length;
  if (sources > 1) throw invalidKey('management', message('ConfigurationInvalid.twoManagements'));
  if (storage === 'kubernetes' && kubeconfig === '' && !inCluster) {
    throw invalidKey('storage', message('ConfigurationInvalid.storageNeedsAccess'));
  }
  if (publish.argocd.enabled && sources === 0) {
    throw invalidKey('management.publish', message('ConfigurationInvalid.publishNeedsManagement'));
  }
  requireNamespace('management.publish.argocd.namespace', publish.argocd.namespace);
  requireNamespace('management.namespace', namespace);
}

function requireNamespace(key: string, namespace: string): void {
  if (!NAMESPACE.test(namespace)) throw invalidKey(key, message('ConfigurationInvalid.namespace', { namespace }));
}
