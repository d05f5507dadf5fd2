import { message } from '../../messages/message.ts';
import type { Configuration } from './configuration.ts';
import { invalidKey } from './invalid.ts';

/** The name of a cluster manager is a label of its profiles. */
const LABEL_VALUE = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

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
  if (isAnythingPublished(publish) && sources === 0) {
    throw invalidKey('management.publish', message('ConfigurationInvalid.publishNeedsManagement'));
  }
  requireNamespace('management.namespace', namespace);
  checkPublish(publish);
}

type PublishConfiguration = Configuration['management']['publish'];

function isAnythingPublished({
  argocd,
  clusterProfiles,
  clusterObject,
  kubeconfigSecret,
}: PublishConfiguration): boolean {
  return (
    argocd.enabled ||
    clusterProfiles.namespaces.length > 0 ||
    clusterObject.mode !== 'none' ||
    kubeconfigSecret.namespace !== ''
  );
}

function checkPublish({ argocd, clusterProfiles, clusterObject, kubeconfigSecret }: PublishConfiguration): void {
  const { namespaces, manager } = clusterProfiles;
  requireNamespace('management.publish.argocd.namespace', argocd.namespace);
  requireNamespace('management.publish.clusterObject.namespace', clusterObject.namespace);
  if (kubeconfigSecret.namespace !== '') {
    requireNamespace('management.publish.kubeconfigSecret.namespace', kubeconfigSecret.namespace);
  }
  const key = 'management.publish.clusterProfiles.namespaces';
  for (const namespace of namespaces) requireNamespace(key, namespace);
  if (namespaces.includes(argocd.namespace)) {
    throw invalidKey(key, message('ConfigurationInvalid.profilesInArgoCd', { namespace: argocd.namespace }));
  }
  if (!LABEL_VALUE.test(manager)) {
    throw invalidKey('management.publish.clusterProfiles.manager', message('ConfigurationInvalid.labelValue'));
  }
}

function requireNamespace(key: string, namespace: string): void {
  if (!NAMESPACE.test(namespace)) throw invalidKey(key, message('ConfigurationInvalid.namespace', { namespace }));
}
