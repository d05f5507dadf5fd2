import { defined } from '../../base/defined.ts';
import { canonicalJson, sha256 } from '../../base/hash.ts';
import type { Secret } from '../../base/secret.ts';
import {
  COMPONENT_LABEL,
  INCARNATION_LABEL,
  INSTALLATION_LABEL,
  isRecord,
  type KubeObject,
  MANAGED_BY_LABEL,
  type ObjectHead,
  type ObjectOwner,
  ownershipLabels,
} from '../../kube-objects/kube-object.ts';
import { factLabels } from '../facts.ts';
import type { PublishedCluster } from '../publication.ts';
import { tokenAnnotations, type TokenRecord, tokenRecordOf } from '../token-record.ts';

/** Argo CD takes a Secret with this label for a cluster. */
export const SECRET_TYPE_LABEL = 'argocd.argoproj.io/secret-type';

/** Beginning of the names of our Secrets: the admission policy allows no others. */
export const SECRET_PREFIX = 'nautes-cluster-';

/** Who writes the address and the credential; labels have our ordinary manager, so that each is written alone. */
export const ACCESS_MANAGER = 'nautes-access';

const COMPONENT = 'argocd-cluster';

/** What the token in the Secret is; all of it is on the Secret itself, because we may not read its data. */
export interface PublishedToken extends TokenRecord {
  /** Of everything else in the data, see {@link accessHash}. */
  readonly accessHash: string;
}

const ACCESS_HASH_ANNOTATION = 'cluster.nautes.io/access-hash';

/** The token as the Secret says; `undefined` when it does not say all of it. */
export function tokenOf(head: ObjectHead): PublishedToken | undefined {
  const record = tokenRecordOf(head);
  const hash = head.metadata.annotations?.[ACCESS_HASH_ANNOTATION] ?? '';
  return record === undefined || hash === '' ? undefined : { ...record, accessHash: hash };
}

/** Of where and how the cluster is reached. */
export function accessHash({ binding, owner }: PublishedCluster): string {
  const { server, certificateAuthority, tlsServerName = '', proxyUrl } = binding;
  const parts = [owner.cluster, serverOf(server), certificateAuthority, tlsServerName];
  return sha256(canonicalJson(proxyUrl === undefined ? parts : [...parts, proxyUrl])).slice(0, 16);
}

/** Argo CD compares addresses as text, and its events keep a trailing slash that its list does not. */
export function serverOf(url: string): string {
  return url.replace(/\/+$/, '');
}

/** What the Secret of every registration has, whatever it may be used for: it is ours, and a cluster. */
export function coreLabels(owner: ObjectOwner): Record<string, string> {
  return { ...ownershipLabels(owner, COMPONENT), [SECRET_TYPE_LABEL]: 'cluster' };
}

/** With the facts that ApplicationSets select by. */
export function labelsOf(cluster: PublishedCluster): Record<string, string> {
  return { ...coreLabels(cluster.owner), ...factLabels(cluster) };
}

interface SecretName {
  readonly namespace: string;
  readonly name: string;
}

/** The part with address and credential. Its first write makes the Secret, which is no cluster before its labels come. */
export function accessPart(
  { namespace, name }: SecretName,
  cluster: PublishedCluster,
  token: PublishedToken,
  bearer: Secret,
): KubeObject {
  const { server, certificateAuthority, tlsServerName, proxyUrl } = cluster.binding;
  const config = {
    bearerToken: bearer.reveal(),
    tlsClientConfig: {
      insecure: false,
      ...(certificateAuthority === '' ? {} : { caData: base64(certificateAuthority) }),
      ...(tlsServerName === undefined ? {} : { serverName: tlsServerName }),
    },
    ...defined({ proxyUrl }), // a field of Argo CD's `ClusterConfig`; versions without it ignore it
  };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      namespace,
      name,
      labels: ownershipLabels(cluster.owner, COMPONENT),
      annotations: { ...tokenAnnotations(token), [ACCESS_HASH_ANNOTATION]: token.accessHash },
    },
    type: 'Opaque',
    data: {
      name: base64(cluster.owner.cluster),
      server: base64(serverOf(server)),
      config: base64(JSON.stringify(config)),
    },
  };
}

/** The part with labels and annotations: writing it costs Argo CD nothing. */
export function factsPart(
  { namespace, name }: SecretName,
  labels: Readonly<Record<string, string>>,
  annotations: Readonly<Record<string, string>>,
): KubeObject {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { namespace, name, labels, annotations } };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/**
 * A JSON patch that changes nothing and is refused for a Secret that is not of the installation. Its answer has the
 * metadata: this is how a Secret is looked at without the right to read Secrets.
 */
export function ownershipTest({ installation }: Pick<ObjectOwner, 'installation'>): readonly object[] {
  const test = (label: string, value: string): object => ({
    op: 'test',
    path: `/metadata/labels/${label.replaceAll('~', '~0').replaceAll('/', '~1')}`,
    value,
  });
  return [test(MANAGED_BY_LABEL, 'nautes'), test(INSTALLATION_LABEL, installation), test(COMPONENT_LABEL, COMPONENT)];
}

/** The registration that the Secret was published for. */
export function incarnationOf({ metadata }: ObjectHead): string {
  return metadata.labels?.[INCARNATION_LABEL] ?? '';
}

/** True when the data is as we have written it, as far as managedFields tell. */
export function hasOwnData({ metadata }: ObjectHead): boolean {
  const entry = metadata.managedFields?.find(
    ({ manager, operation }) => manager === ACCESS_MANAGER && operation === 'Apply',
  );
  const data = entry?.fieldsV1?.['f:data'];
  return isRecord(data) && ['f:config', 'f:name', 'f:server'].every((key) => Object.hasOwn(data, key));
}

/** Labels and annotations that differ from what is wanted: by name. Those of others are not compared. */
export function differingFacts(
  { metadata }: ObjectHead,
  labels: Readonly<Record<string, string>>,
  annotations: Readonly<Record<string, string>>,
): readonly string[] {
  const differing = (has: Readonly<Record<string, string>> = {}, wanted: Readonly<Record<string, string>>): string[] =>
    Object.keys(wanted).filter((key) => has[key] !== wanted[key]);
  return [...differing(metadata.labels, labels), ...differing(metadata.annotations, annotations)];
}

/** Facts of ours that the Secret still has and that are no longer wanted, such as the worker type of a host. */
export function formerFacts(
  { metadata }: ObjectHead,
  labels: Readonly<Record<string, string>>,
  annotations: Readonly<Record<string, string>>,
): readonly string[] {
  const entry = metadata.managedFields?.find(({ manager, operation }) => manager === 'nautes' && operation === 'Apply');
  const owned = (field: 'f:labels' | 'f:annotations'): string[] => {
    const fields = entry?.fieldsV1?.['f:metadata'];
    const members = isRecord(fields) ? fields[field] : undefined;
    return isRecord(members)
      ? Object.keys(members)
          .filter((key) => key.startsWith('f:'))
          .map((key) => key.slice(2))
      : [];
  };
  return [
    ...owned('f:labels').filter((key) => !Object.hasOwn(labels, key)),
    ...owned('f:annotations').filter((key) => !Object.hasOwn(annotations, key)),
  ];
}
