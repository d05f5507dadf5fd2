import { message } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';
import { FIELD_MANAGER, INCARNATION_LABEL, MANAGED_BY_LABEL, type ObjectHead } from '../../kube-objects/kube-object.ts';
import { otherManagers } from '../../kube-objects/managed-fields.ts';

/** What comes from the cluster gets into messages only in the form of names. */
const NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,251}[A-Za-z0-9])?$/;

/** A Helm release. */
export interface HelmRelease {
  readonly name: string;
  readonly namespace: string;
}

/** The release that Helm has noted on the object. */
export function helmReleaseOf({ metadata }: ObjectHead): HelmRelease | undefined {
  const name = metadata.annotations?.['meta.helm.sh/release-name'] ?? '';
  const namespace = metadata.annotations?.['meta.helm.sh/release-namespace'] ?? '';
  return NAME.test(name) && NAME.test(namespace) ? { name, namespace } : undefined;
}

type Reading = (head: ObjectHead) => Message | undefined;

/** Marks of those who manage objects, the most telling first. */
const readings: readonly Reading[] = [
  ({ metadata: { labels = {} } }) => {
    const incarnation = labels[INCARNATION_LABEL] ?? '';
    const isOfNautes = labels[MANAGED_BY_LABEL] === FIELD_MANAGER && NAME.test(incarnation);
    return isOfNautes ? message('Owner.nautes', { incarnation }) : undefined;
  },
  (head) => {
    const release = helmReleaseOf(head);
    return release && message('Owner.helm', { release: release.name, namespace: release.namespace });
  },
  ({ metadata: { annotations = {}, labels = {} } }) => {
    const tracked = annotations['argocd.argoproj.io/tracking-id']?.split(':')[0] ?? '';
    const name = tracked || (labels['argocd.argoproj.io/instance'] ?? '');
    return NAME.test(name) ? message('Owner.argocd', { name }) : undefined;
  },
  ({ metadata: { labels = {} } }) => {
    const name = labels['helm.toolkit.fluxcd.io/name'] ?? labels['kustomize.toolkit.fluxcd.io/name'] ?? '';
    return NAME.test(name) ? message('Owner.flux', { name }) : undefined;
  },
  ({ metadata: { annotations = {} } }) => {
    const name = annotations['objectset.rio.cattle.io/owner-name'] ?? '';
    return NAME.test(name) ? message('Owner.addon', { name }) : undefined;
  },
  ({ metadata: { labels = {} } }) => {
    const owner = labels['olm.owner'] ?? '';
    return NAME.test(owner) ? message('Owner.operator', { name: owner }) : undefined;
  },
  (head) => {
    const manager = otherManagers(head).find((name) => NAME.test(name));
    return manager === undefined ? undefined : message('Owner.manager', { manager });
  },
  ({ metadata: { labels = {} } }) => {
    const manager = labels[MANAGED_BY_LABEL] ?? '';
    return NAME.test(manager) ? message('Owner.manager', { manager }) : undefined;
  },
];

/** Who manages an object, as far as its labels, annotations and field managers tell. */
export function ownerOf(head: ObjectHead): Message {
  for (const read of readings) {
    const owner = read(head);
    if (owner !== undefined) return owner;
  }
  return message('Owner.unknown');
}
