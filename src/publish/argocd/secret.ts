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
import type { PublishedCluster } from '../publication.ts';

/** Argo CD takes a Secret with this label for a cluster. */
export const SECRET_TYPE_LABEL = 'argocd.argoproj.io/secret-type';

/** Beginning of the names of our Secrets: the admission policy allows no others. */
export const SECRET_PREFIX = 'nautes-cluster-';

/** Who writes the address and the credential; labels have our ordinary manager, so that each is written alone. */
export const ACCESS_MANAGER = 'nautes-access';

const COMPONENT = 'argocd-cluster';

/** What the token in the Secret is; all of it is on the Secret itself, because we may not read its data. */
export interface PublishedToken {
  /** Name of the Secret on the cluster that the token ends with. */
  readonly boundSecret: string;
  /** Of what has to be there for the token to be valid, see {@link tokenIdentity}. */
  readonly identity: string;
  /** RFC 3339. */
  readonly issuedAt: string;
  /** RFC 3339. */
  readonly expiresAt: string;
  /** Of everything else in the data, see {@link accessHash}. */
  readonly accessHash: string;
}

const ANNOTATIONS: Readonly<Record<keyof PublishedToken, string>> = {
  boundSecret: 'cluster.nautes.io/credential',
  identity: 'cluster.nautes.io/credential-identity',
  issuedAt: 'cluster.nautes.io/credential-issued-at',
  expiresAt: 'cluster.nautes.io/credential-expires-at',
  accessHash: 'cluster.nautes.io/access-hash',
};

/** The token as the Secret says; `undefined` when it does not say all of it. */
export function tokenOf({ metadata }: ObjectHead): PublishedToken | undefined {
  const read = (key: keyof PublishedToken): string => metadata.annotations?.[ANNOTATIONS[key]] ?? '';
  const token: PublishedToken = {
    boundSecret: read('boundSecret'),
    identity: read('identity'),
    issuedAt: read('issuedAt'),
    expiresAt: read('expiresAt'),
    accessHash: read('accessHash'),
  };
  return Object.values(token).includes('') ? undefined : token;
}

/** Changes when the account or the Secret that the token is bound to was made again: the token is not valid then. */
export function tokenIdentity(accountUid: string, secretUid: string): string {
  return sha256(`${accountUid} ${secretUid}`).slice(0, 16);
}

/** Of where and how the cluster is reached. */
export function accessHash({ binding, owner }: PublishedCluster): string {
  const { server, certificateAuthority, tlsServerName = '' } = binding;
  return sha256(canonicalJson([owner.cluster, serverOf(server), certificateAuthority, tlsServerName])).slice(0, 16);
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
export function labelsOf({ owner, spec }: PublishedCluster): Record<string, string> {
  const { usage, clusterType, workerType, hostCluster } = spec;
  return {
    ...coreLabels(owner),
    'cluster.nautes.io/usage': usage,
    'cluster.nautes.io/type': clusterType,
    ...(workerType === undefined ? {} : { 'cluster.nautes.io/worker-type': workerType }),
    ...(hostCluster === undefined ? {} : { 'cluster.nautes.io/host': hostCluster }),
  };
}

/** Facts that are no labels: ApplicationSets have them as parameters. */
export function annotationsOf({ spec, status }: PublishedCluster): Record<string, string> {
  const facts = {
    'cluster.nautes.io/kubernetes-version': status.kubernetes.version,
    'cluster.nautes.io/entry-points': status.entryPoints.join(','),
    'cluster.nautes.io/domain': spec.primaryDomain,
  };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== ''));
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
  const { server, certificateAuthority, tlsServerName } = cluster.binding;
  const config = {
    bearerToken: bearer.reveal(),
    tlsClientConfig: {
      insecure: false,
      ...(certificateAuthority === '' ? {} : { caData: base64(certificateAuthority) }),
      ...(tlsServerName === undefined ? {} : { serverName: tlsServerName }),
    },
  };
  const written = Object.entries(ANNOTATIONS) as [keyof PublishedToken, string][];
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      namespace,
      name,
      labels: ownershipLabels(cluster.owner, COMPONENT),
      annotations: Object.fromEntries(written.map(([key, annotation]) => [annotation, token[key]])),
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

/** Labels and annotations that differ from what is wanted: by name. Those of others are not looked at. */
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
