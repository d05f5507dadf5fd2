import type { ClusterState } from '../cluster/cluster-state.ts';
import { stringAt } from '../base/json.ts';
import { builtinResource } from '../resources/builtin-resources.ts';
import { type ObjectName, Reconciler } from './reconciler.ts';
import { Writer } from './write.ts';

const SECRETS = builtinResource('', 'secrets');
const TYPE = 'kubernetes.io/service-account-token';
const ACCOUNT = 'kubernetes.io/service-account.name';

/** Fills Secrets of type service-account-token, and deletes them with their ServiceAccount. */
export function startTokenSecretController(cluster: ClusterState): void {
  const secrets = new Writer(cluster, SECRETS);
  const reconciler = new Reconciler(cluster, (name) => reconcile(cluster, secrets, name));
  cluster.store.listen(({ resource, type, object }) => {
    if (resource === 'secrets' && type === 'ADDED' && object.body.text.includes(TYPE)) {
      reconciler.enqueue(object.namespace, object.name);
    } else if (resource === 'serviceaccounts' && type !== 'MODIFIED') {
      for (const secret of secrets.list(object.namespace)) {
        if (secret.body.text.includes(TYPE)) reconciler.enqueue(secret.namespace, secret.name);
      }
    }
  });
}

function reconcile(cluster: ClusterState, secrets: Writer, name: ObjectName): void {
  const secret = secrets.find(name);
  if (secret === undefined || stringAt(secret.body.value, 'type') !== TYPE) return;
  const accountName = stringAt(secret.metadata.value, 'annotations', ACCOUNT) ?? '';
  const account = cluster.store.get('serviceaccounts', name.namespace, accountName);
  const isFilled = stringAt(secret.body.value, 'data', 'token') !== undefined;
  if (account === undefined) {
    if (isFilled) secrets.delete(name);
    return;
  }
  if (isFilled) return;
  const { token } = cluster.tokens.issue({
    namespace: name.namespace,
    name: accountName,
    uid: account.uid,
    audiences: ['https://kubernetes.default.svc.cluster.local'],
    expirationSeconds: undefined,
    bound: { kind: 'Secret', name: secret.name, uid: secret.uid },
  });
  const encoded = (text: string): string => Buffer.from(text).toString('base64');
  const data = {
    'ca.crt': encoded(cluster.certificateAuthority),
    namespace: encoded(name.namespace),
    token: encoded(token),
  };
  secrets.modify(name, (object) => ({ ...object, data }));
}
