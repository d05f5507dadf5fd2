import { clusterNameProblem } from '../resources/cluster/names.ts';
import type { ClusterHolder } from '../resources/cluster/holder.ts';
import { isInstallationId } from '../resources/installation.ts';
import {
  CLUSTER_NAME_LABEL,
  FIELD_MANAGER,
  INCARNATION_LABEL,
  INSTALLATION_LABEL,
  MANAGED_BY_LABEL,
  type ObjectHead,
  type ObjectOwner,
} from './kube-object.ts';

const ACQUIRED_ANNOTATION = 'cluster.nautes.io/acquired-at';
const RENEWED_ANNOTATION = 'cluster.nautes.io/renewed-at';

/** When a holder acquired the cluster and when it was there last, RFC 3339. */
export type HolderTimes = Pick<ClusterHolder, 'acquiredAt' | 'renewedAt'>;

type HolderMark = { readonly annotations: Record<string, string> };

/** What our Namespace says of its holder, besides the labels that every object of ours has. */
export function holderTimes({ acquiredAt, renewedAt }: HolderTimes): HolderMark {
  return { annotations: { [ACQUIRED_ANNOTATION]: acquiredAt, [RENEWED_ANNOTATION]: renewedAt } };
}

/** The same on a Namespace that is not ours: it gets no labels. */
export function holderAnnotations(owner: ObjectOwner, times: HolderTimes): HolderMark {
  return {
    annotations: {
      [INSTALLATION_LABEL]: owner.installation,
      [CLUSTER_NAME_LABEL]: owner.cluster,
      [INCARNATION_LABEL]: owner.incarnation,
      ...holderTimes(times).annotations,
    },
  };
}

/** A merge patch that removes all of it. */
export function withoutHolder({ metadata }: ObjectHead): { readonly metadata: unknown } {
  const names = [INSTALLATION_LABEL, CLUSTER_NAME_LABEL, INCARNATION_LABEL];
  const none = (keys: readonly string[]) => Object.fromEntries(keys.map((key) => [key, null]));
  return {
    metadata: {
      resourceVersion: metadata.resourceVersion,
      labels: none(names),
      annotations: none([...names, ACQUIRED_ANNOTATION, RENEWED_ANNOTATION]),
    },
  };
}

/** Who holds the cluster according to an object of an installation; what is not of the form of ours is not shown. */
export function holderIn({ metadata }: ObjectHead): ClusterHolder | undefined {
  const read = (key: string): string => metadata.labels?.[key] ?? metadata.annotations?.[key] ?? '';
  const installation = read(INSTALLATION_LABEL);
  const incarnation = read(INCARNATION_LABEL);
  if (!/^[A-Za-z0-9][-.\w]{0,62}$/.test(incarnation) || (installation !== '' && !isInstallationId(installation)))
    return undefined;
  const cluster = read(CLUSTER_NAME_LABEL);
  return {
    installation,
    incarnation,
    cluster: clusterNameProblem(cluster) === undefined ? cluster : '',
    acquiredAt: timeIn(metadata.annotations?.[ACQUIRED_ANNOTATION]),
    renewedAt: timeIn(metadata.annotations?.[RENEWED_ANNOTATION]),
  };
}

function timeIn(text = ''): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) ? text : '';
}

/** True for a Namespace that an installation made, and not a person. */
export function isMadeByNautes({ metadata }: ObjectHead): boolean {
  return metadata.labels?.[MANAGED_BY_LABEL] === FIELD_MANAGER;
}

/** True when both name the same registration of the same installation. */
export function isHolder(holder: ClusterHolder, { installation, incarnation }: ObjectOwner): boolean {
  return holder.incarnation === incarnation && [installation, ''].includes(holder.installation);
}
