import { isRecord } from '../../kube-objects/kube-object.ts';
import { message } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';

const TOP_FIELDS = [
  'apiVersion',
  'kind',
  'clusters',
  'contexts',
  'users',
  'current-context',
  'preferences',
  'extensions',
];
const CLUSTER_FIELDS = [
  'server',
  'certificate-authority',
  'certificate-authority-data',
  'disable-compression',
  'extensions',
  'insecure-skip-tls-verify',
  'proxy-url',
  'tls-server-name',
];
const USER_FIELDS = [
  'as',
  'as-groups',
  'as-uid',
  'as-user-extra',
  'auth-provider',
  'client-certificate',
  'client-certificate-data',
  'client-key',
  'client-key-data',
  'exec',
  'extensions',
  'password',
  'token',
  'tokenFile',
  'username',
];

/** The parts of a kubeconfig that are used. */
export interface UsedParts {
  readonly file: unknown;
  readonly cluster: unknown;
  readonly user: unknown;
}

/** Names what is not a field of a kubeconfig: a typing error would otherwise go unnoticed. */
export function warnOfUnknownFields({ file, cluster, user }: UsedParts, warnings: Message[]): void {
  warn(file, TOP_FIELDS, message('kubeconfigPart.file'), warnings);
  warn(cluster, CLUSTER_FIELDS, message('kubeconfigPart.cluster'), warnings);
  warn(user, USER_FIELDS, message('kubeconfigPart.user'), warnings);
}

function warn(part: unknown, known: readonly string[], place: Message, warnings: Message[]): void {
  const unknown = isRecord(part) ? Object.keys(part).filter((field) => !known.includes(field)) : [];
  if (unknown.length === 0) return;
  // A name that looks like data is not shown: it could be a secret that slipped into the wrong place.
  const names = unknown.filter((name) => /^[a-z-]{1,40}$/i.test(name)).slice(0, 5);
  warnings.push(
    names.length === unknown.length
      ? message('Warning.kubeconfigFields', { place, fields: names })
      : message('Warning.kubeconfigFieldCount', { place, count: unknown.length }),
  );
}
