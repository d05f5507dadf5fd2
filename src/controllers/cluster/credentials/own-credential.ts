import { defined } from '../../../base/defined.ts';
import { clusterRegistration } from '../../../resources/cluster/cluster-key.ts';
import { message } from '../../../messages/message.ts';
import { NautesError } from '../../../errors/errors.ts';
import { sha256 } from '../../../base/hash.ts';
import { timestamp } from '../../../base/clock.ts';
import {
  accessObjects,
  checkTokenLife,
  type ClusterConnection,
  ensureAccess,
  issueToken,
  readIdentity,
  removeFormerAccount,
  removeLeftWebhooks,
  revokeOtherTokens,
} from '../../../kube/index.ts';
import { describeReference, objectKey } from '../../../kube-objects/kube-object.ts';
import type { StoredCredential } from '../../../resources/credential.ts';
import { ACCESS_COMPONENT } from '../../../resources/inventory.ts';
import { done, type Stage, type StageResult } from '../../../reconcile/stage.ts';
import { inheritObjects, isHeld, isTakeOver, renewHold, tellTakeOver } from './hold.ts';
import { clusterNow, reachedCluster, type StageContext, useCluster } from '../runtime/stage-context.ts';

/** How long a credential that did not get into use may take to be removed again. */
const CLEAN_UP_MILLISECONDS = 5_000;

/** Replaces the uploaded credential by one of our own that expires, and renews that at half its life. */
export const credentialStage: Stage<StageContext> = {
  condition: 'CredentialReady',
  deadlineMilliseconds: 5 * 60_000,
  run: ensureOwnCredential,
};

async function ensureOwnCredential(context: StageContext, signal: AbortSignal): Promise<StageResult> {
  const { credential } = reachedCluster(context);
  if (needsNewToken(context, credential.stored)) await replaceCredential(context, signal);
  else await renewHold(context, signal);
  if (!context.memory.areTokensSwept && (await isShownToOthers(context, signal))) await endOtherTokens(context, signal);
  await dropUploaded(context, signal);
  const { stored } = reachedCluster(context).credential;
  await context.reporter.report({ credential: { expiresAt: stored.expiresAt, rotatedAt: stored.issuedAt } });
  return done('OwnCredential', message('OwnCredential', { time: stored.expiresAt }));
}

function needsNewToken(context: StageContext, stored: StoredCredential): boolean {
  if (stored.origin !== 'issued' || !isHeld(context)) return true;
  if (!stored.boundSecret.startsWith(secretPrefix(context))) return true; // a rotation was requested
  return clusterNow(context) >= halfLife(stored);
}

/** When a credential is renewed: half-way between its issue and its end, in milliseconds of the cluster's clock. */
export function halfLife(stored: Pick<StoredCredential, 'issuedAt' | 'expiresAt'>): number {
  if (stored.expiresAt === '') return Number.POSITIVE_INFINITY;
  return (Date.parse(stored.issuedAt) + Date.parse(stored.expiresAt)) / 2;
}

/** Names of bound Secrets begin differently for every request for a rotation, so that a fulfilled one is recognised. */
function secretPrefix({ cluster, owner }: StageContext): string {
  return `nautes-${owner.installation}-${sha256(cluster.rotationRequest ?? '').slice(0, 8)}-`;
}

async function replaceCredential(context: StageContext, signal: AbortSignal): Promise<void> {
  const { scope, services, reporter } = context;
  const before = reachedCluster(context).credential;
  const replaced = new Set([before.version, context.active?.version]);
  const { owner } = context;
  const issuedAt = clusterNow(context);
  const boundSecret = `${secretPrefix(context)}${issuedAt.toString(36)}`;

  await recordIntent(context);
  context.memory.areTokensSwept = false;
  const issued = await useCluster(
    context,
    async (connection) => {
      if (before.stored.origin === 'uploaded') await clearTheWay(context, connection, signal);
      if (isTakeOver(context)) await inheritObjects(context, connection, signal);
      const now = timestamp(services.clock.now());
      const request = { owner, component: ACCESS_COMPONENT, follows: context.holder, now };
      const entries = await ensureAccess(connection, request, signal);
      await services.inventory.put(clusterRegistration(context.scope), entries);
      const accountUid = entries.find(({ kind }) => kind === 'ServiceAccount')?.uid ?? '';
      return issueToken(
        connection,
        { owner, boundSecret, expirationSeconds: services.settings.tokenSeconds, accountUid },
        signal,
      );
    },
    signal,
  );
  checkTokenLife(context.cluster.spec.apiServer, issuedAt, issued.expiresAt);
  const stored: StoredCredential = {
    binding: before.stored.binding,
    material: issued.material,
    origin: 'issued',
    expiresAt: issued.expiresAt,
    issuedAt: timestamp(issuedAt),
    boundSecret,
    ...(before.stored.origin === 'uploaded' ? { uploadedVersion: before.version } : {}),
    ...defined({ uploadedVersion: before.stored.uploadedVersion }),
  };
  const version = await putInUse(context, stored, signal);
  if (isTakeOver(context)) await tellTakeOver(context);
  await reporter.event(
    'Normal',
    'CredentialRotated',
    message('CredentialRotated', { time: issued.expiresAt }),
    'CredentialReady',
  );
  replaced.delete(version);
  for (const each of replaced) if (each !== undefined) await services.secrets.remove(scope, each, signal);
}

/** Only what works goes live. */
async function putInUse(context: StageContext, stored: StoredCredential, signal: AbortSignal): Promise<string> {
  const { scope, services } = context;
  const version = await services.secrets.stage(stored, signal);
  try {
    await services.access.useShared({ version, stored }, (connection) => readIdentity(connection, signal), signal);
    context.active = await services.secrets.activate(scope, version, context.active?.revision, signal);
  } catch (error) {
    const cleanUp = AbortSignal.timeout(CLEAN_UP_MILLISECONDS); // the run may have been cut off
    await services.secrets.remove(scope, version, cleanUp).catch(() => {}); // else the collector finds it
    throw error;
  }
  context.reached = { ...reachedCluster(context), credential: { version, stored } };
  return version;
}

/** What an earlier registration of this cluster could not remove may refuse everything that we are going to write. */
async function clearTheWay(context: StageContext, connection: ClusterConnection, signal: AbortSignal): Promise<void> {
  const { services, cluster, owner, reporter } = context;
  const { uid: kubernetesUid } = reachedCluster(context);
  const left = await services.offboardings.residues({ kubernetesUid, apiServer: cluster.spec.apiServer });
  for (const object of await removeLeftWebhooks(connection, owner.installation, left, signal)) {
    const text = message('WebhookRemoved.earlier', { object: describeReference(object) });
    await reporter.event('Normal', 'WebhookRemoved', text, 'CredentialReady');
  }
}

/** What our account consists of is durable before its first write, so that nothing of it is ever forgotten. */
async function recordIntent({ scope, owner, services }: StageContext): Promise<void> {
  const registration = clusterRegistration(scope);
  const known = await services.inventory.list(registration);
  const keys = new Set(known.filter(({ component }) => component === ACCESS_COMPONENT).map(objectKey));
  const intended = accessObjects(owner, ACCESS_COMPONENT).filter((entry) => !keys.has(objectKey(entry)));
  if (intended.length > 0) await services.inventory.put(registration, intended);
}

/** The new credential is published before old tokens are revoked; the secret-access stage reports errors of publishing. */
async function isShownToOthers({ scope, services }: StageContext, signal: AbortSignal): Promise<boolean> {
  try {
    await services.secrets.publish(scope, signal);
    return true;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof NautesError) return false;
    throw error;
  }
}

/** Every token of ours ends but the active one: what was replaced, and what a crash left between issue and use. */
async function endOtherTokens(context: StageContext, signal: AbortSignal): Promise<void> {
  const { stored } = reachedCluster(context).credential;
  await useCluster(
    context,
    async (connection) => {
      await revokeOtherTokens(connection, context.owner, [stored.boundSecret], signal);
      await endFormerAccount(context, connection, signal);
    },
    signal,
  );
  context.memory.areTokensSwept = true;
}

/** The account that an earlier release made under a name that all installations shared. */
async function endFormerAccount(
  { services, scope, owner }: StageContext,
  connection: ClusterConnection,
  signal: AbortSignal,
): Promise<void> {
  const registration = clusterRegistration(scope);
  const inventory = await services.inventory.list(registration);
  const access = inventory.filter(({ component }) => component === ACCESS_COMPONENT);
  const gone = await removeFormerAccount(connection, owner, access, signal);
  if (gone.length > 0) await services.inventory.remove(registration, gone);
}

/**
 * An uploaded credential has done its work once one of our own was made with it. One that was refused stays: without it
 * the file would name a credential that is not stored.
 */
async function dropUploaded(context: StageContext, signal: AbortSignal): Promise<void> {
  const { credentialVersion } = context.cluster;
  const { stored } = reachedCluster(context).credential;
  if (credentialVersion === undefined || stored.uploadedVersion !== credentialVersion) return;
  await context.services.secrets.remove(context.scope, credentialVersion, signal);
}
