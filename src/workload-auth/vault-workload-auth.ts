import { action } from '../messages/action.ts';
import { message } from '../messages/message.ts';
import type { Message } from '../messages/text.ts';
import { NautesError } from '../errors/errors.ts';
import { clusterNameProblem } from '../resources/cluster/names.ts';
import type { CredentialScope } from '../resources/credential.ts';
import type { VaultCall, VaultClient } from '../vault/index.ts';
import { isRecord, numberOf, recordAt, textOf, textsOf } from '../vault/index.ts';
import { removalCommand, roleParameters, setupCommands, TOKEN_SECONDS } from './vault-commands.ts';
import type {
  WorkloadAuth,
  WorkloadAuthRemoval,
  WorkloadAuthState,
  WorkloadCluster,
  WorkloadRole,
} from './workload-auth.ts';

/** The description of an auth method that Nautes created: only those are ever changed or removed. */
export const OWN_DESCRIPTION = 'workloads of this cluster, managed by Nautes';

interface Mount {
  readonly type: string;
  readonly isOurs: boolean;
}

/**
 * The Kubernetes auth method of Vault at `auth/<cluster>`. No reviewer token is configured: Vault reviews a workload's
 * token with that token itself, so that nothing in Vault ever expires. What the policy of this server does not allow
 * is left to an operator, and checked as far as it is readable.
 */
export class VaultWorkloadAuth implements WorkloadAuth {
  readonly needsTokenReview = true;
  readonly #client: VaultClient;
  readonly #ownMount: string;

  /** @param ownMount where this server logs in itself; empty for nowhere */
  constructor(client: VaultClient, ownMount: string) {
    this.#client = client;
    this.#ownMount = ownMount;
  }

  async ensure(cluster: WorkloadCluster, signal: AbortSignal): Promise<WorkloadAuthState> {
    requireName(cluster.cluster);
    const obstacle = this.#isTaken(cluster.cluster) ? nameTaken(cluster) : obstacleOf(cluster);
    if (obstacle !== undefined) return obstacle;
    const mount = await this.#look(cluster.cluster, signal);
    if (mount !== undefined && !mount.isOurs && mount.type !== 'kubernetes') {
      return { kind: 'ready', message: message('WorkloadLogin.foreignMethod', { place: placeOf(cluster) }) };
    }
    try {
      if (mount === undefined) await this.#enable(cluster.cluster, signal);
      const isOurs = mount?.isOurs ?? true;
      const differences = await this.#bring(cluster, isOurs, signal);
      if (differences.length > 0) return foreign(cluster, differences);
    } catch (error) {
      if (!isDenied(error)) throw error;
      return byOperator(cluster, error.said);
    }
    const [place, roles] = [placeOf(cluster), cluster.roles.map(({ name }) => name)];
    const isEmpty = roles.length === 0;
    const text = isEmpty
      ? message('WorkloadLogin.noRoles', { place })
      : message('WorkloadLogin.ready', { place, roles });
    return { kind: 'ready', message: text };
  }

  async remove({ cluster }: CredentialScope, signal: AbortSignal): Promise<WorkloadAuthRemoval> {
    requireName(cluster);
    if (this.#isTaken(cluster)) return { kind: 'absent' };
    const place = `auth/${cluster}`;
    const mount = await this.#look(cluster, signal);
    if (mount === undefined) return { kind: 'absent' };
    if (!mount.isOurs) return { kind: 'left', place, reason: message('WorkloadLogin.madeByOthers') };
    try {
      await this.#client.call({ operation: 'delete', path: `sys/${place}` }, signal);
      return { kind: 'removed', place };
    } catch (error) {
      if (!isDenied(error)) throw error;
      return { kind: 'byOperator', place, reason: error.said, command: removalCommand(cluster) };
    }
  }

  /** A cluster of this name would share its path with an auth method that is not of a cluster. */
  #isTaken(cluster: string): boolean {
    return cluster === this.#ownMount || cluster === 'token';
  }

  /** The auth method at the path of the cluster, as far as it is visible to us. */
  async #look(cluster: string, signal: AbortSignal): Promise<Mount | undefined> {
    const call: VaultCall = { operation: 'read', path: `sys/internal/ui/mounts/auth/${cluster}` };
    const found = await this.#client.data(call, signal).catch((error: unknown) => {
      if (isDenied(error)) return undefined; // also the answer for a missing one
      throw error;
    });
    if (found === undefined) return undefined;
    return { type: textOf(found, 'type'), isOurs: textOf(found, 'description') === OWN_DESCRIPTION };
  }

  async #enable(cluster: string, signal: AbortSignal): Promise<void> {
    const body = { type: 'kubernetes', description: OWN_DESCRIPTION };
    const path = `sys/auth/${cluster}`;
    await this.#client.call({ operation: 'write', path, body }, signal).catch((error: unknown) => {
      // There is an auth method that we may not see.
      if (!(error instanceof NautesError && error.reason === 'VaultRequestRefused')) throw error;
      throw new NautesError('VaultPermissionDenied', { operation: 'read', path: `auth/${cluster}` }, { cause: error });
    });
  }

  /** Writes what differs, or reports it when the method is not ours. */
  async #bring(cluster: WorkloadCluster, isOurs: boolean, signal: AbortSignal): Promise<readonly string[]> {
    const base = `auth/${cluster.cluster}`;
    const differences: string[] = [];
    const wanted = [
      { path: `${base}/config`, body: configOf(cluster), fits: (data: unknown) => configFits(data, cluster) },
      ...cluster.roles.map((role) => ({
        path: `${base}/role/${role.name}`,
        body: roleParameters(role),
        fits: (data: unknown) => roleFits(data, role),
      })),
    ];
    for (const { path, body, fits } of wanted) {
      const found = await this.#client.data({ operation: 'read', path }, signal);
      if (found !== undefined && fits(found)) continue;
      if (isOurs) await this.#client.call({ operation: 'write', path, body }, signal);
      else differences.push(path);
    }
    return differences;
  }
}

function configOf({ server, certificateAuthority }: WorkloadCluster) {
  return { kubernetes_host: server, kubernetes_ca_cert: certificateAuthority, disable_local_ca_jwt: true };
}

function configFits(data: unknown, { server, certificateAuthority }: WorkloadCluster): boolean {
  if (!isRecord(data)) return false;
  return (
    textOf(data, 'kubernetes_host') === server &&
    textOf(data, 'kubernetes_ca_cert').trim() === certificateAuthority.trim() &&
    data['disable_local_ca_jwt'] === true &&
    data['token_reviewer_jwt_set'] !== true
  );
}

function roleFits(data: unknown, role: WorkloadRole): boolean {
  const found = recordAt(data);
  const wanted = roleParameters(role);
  const same = (key: 'bound_service_account_names' | 'bound_service_account_namespaces' | 'token_policies'): boolean =>
    textsOf(found, key).toSorted().join(',') === wanted[key];
  return (
    same('bound_service_account_names') &&
    same('bound_service_account_namespaces') &&
    same('token_policies') &&
    numberOf(found, 'token_ttl') === TOKEN_SECONDS
  );
}

function placeOf({ cluster }: Pick<WorkloadCluster, 'cluster'>): string {
  return `auth/${cluster}`;
}

function byOperator(cluster: WorkloadCluster, problem: Message): WorkloadAuthState {
  const text = message('OperatorNeeded.denied', { problem });
  return { kind: 'byOperator', message: text, commands: setupCommands(cluster) };
}

function foreign(cluster: WorkloadCluster, paths: readonly string[]): WorkloadAuthState {
  const [, ...commands] = setupCommands(cluster); // it is enabled already
  const text = message('OperatorNeeded.foreign', { place: placeOf(cluster), paths });
  return { kind: 'byOperator', message: text, commands };
}

function nameTaken(cluster: WorkloadCluster): WorkloadAuthState {
  const text = message('WorkloadLoginImpossible.name', { place: placeOf(cluster) });
  return { kind: 'impossible', message: text, action: action('RegisterOtherName') };
}

/** Why Vault could not review tokens with this cluster, whatever the setup. */
function obstacleOf({ server, certificateAuthority, tlsServerName }: WorkloadCluster): WorkloadAuthState | undefined {
  if (tlsServerName !== undefined) {
    const text = message('WorkloadLoginImpossible.certificate', { server, name: tlsServerName });
    return { kind: 'impossible', message: text, action: action('RegisterCertifiedAddress') };
  }
  if (certificateAuthority !== '') return undefined;
  const text = message('WorkloadLoginImpossible.authority');
  return { kind: 'impossible', message: text, action: action('GiveAuthority') };
}

function isDenied(error: unknown): error is NautesError {
  return error instanceof NautesError && error.reason === 'VaultPermissionDenied';
}

/** Names of clusters become paths of Vault. */
function requireName(cluster: string): void {
  const problem = clusterNameProblem(cluster);
  if (problem !== undefined) throw new NautesError('CredentialScopeInvalid', { problem });
}
