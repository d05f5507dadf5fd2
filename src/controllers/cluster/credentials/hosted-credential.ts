import { defined } from '../../../base/defined.ts';
import { clusterRegistration } from '../../../resources/cluster/cluster-key.ts';
import { timestamp } from '../../../base/clock.ts';
import { NautesError } from '../../../errors/errors.ts';
import { Secret } from '../../../base/secret.ts';
import type { VersionedCredential } from '../../../cluster-access/index.ts';
import { readKubeconfig } from '../../../kube/index.ts';
import { textAt } from '../../../kube-objects/kube-object.ts';
import { wellKnown } from '../../../kube-objects/resource-types.ts';
import { parseApiServer } from '../../../resources/cluster/api-server.ts';
import type { StoredCredential } from '../../../resources/credential.ts';
import { HOSTED_COMPONENT } from '../../../resources/inventory.ts';
import { type StageContext, useHost } from '../runtime/stage-context.ts';

/**
 * The credential that a virtual cluster has left on its host, in the Secret `vc-<StatefulSet>` (vCluster's convention).
 * It is what an uploaded kubeconfig is for a physical cluster: used until we have a credential of our own, and again
 * when that has ended.
 * @returns `undefined` while there is none
 * @throws NautesError why it cannot be used
 */
export async function readHostedCredential(
  context: StageContext,
  signal: AbortSignal,
): Promise<StoredCredential | undefined> {
  const { services, cluster, scope, host } = context;
  if (host === undefined) return undefined;
  const inventory = await services.inventory.list(clusterRegistration(scope));
  const workload = inventory.find(({ component, kind }) => component === HOSTED_COMPONENT && kind === 'StatefulSet');
  if (workload === undefined) return undefined;
  const reference = { namespace: workload.namespace, name: `vc-${workload.name}` };
  const secret = await useHost(context, host, ({ client }) => client.find(wellKnown.secret, reference, signal), signal);
  const encoded = textAt(secret, 'data', 'config');
  if (encoded === '') return undefined;
  const text = new Secret(Buffer.from(encoded, 'base64').toString());
  const { url: server } = parseApiServer(cluster.spec.apiServer);
  const { credential, findings } = readKubeconfig(text, services.clock);
  if (credential === undefined) throw findings[0] ?? new NautesError('CredentialMissing', { cluster: cluster.name });
  const { certificateAuthority, tlsServerName, material, notAfter } = credential;
  const { proxyUrl } = host.credential.stored.binding; // it is in the network of its host
  return {
    binding: { ...scope, server, certificateAuthority, ...defined({ tlsServerName, proxyUrl }) },
    material,
    origin: 'uploaded',
    expiresAt: notAfter,
    issuedAt: timestamp(services.clock.now()),
    boundSecret: '',
  };
}

/** The same under the version that it will have; it is stored once the virtual cluster has accepted it. */
export async function hostedCandidate(
  context: StageContext,
  signal: AbortSignal,
): Promise<VersionedCredential | undefined> {
  const stored = await readHostedCredential(context, signal);
  if (stored === undefined) return undefined;
  return { stored, version: await context.services.secrets.versionOf(stored, signal) };
}
