import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../base/clock.ts';
import { NautesError } from '../../errors/errors.ts';
import {
  type KubeconfigCredential,
  type KubeconfigReading,
  readKubeconfig,
  type ResolvedAddress,
} from '../../kube/index.ts';
import { readApiServer } from '../../resources/cluster/api-server.ts';
import type { ClusterSpec } from '../../resources/cluster/cluster.ts';
import type { ClusterDraft } from '../../resources/cluster/cluster-draft.ts';
import { reportedViolations, type Violation, violationMetadata } from '../../resources/violation.ts';
import { completeSpec } from './complete-spec.ts';
import type { RegistryServices } from '../services.ts';

const LOOKUP_TIMEOUT_MILLISECONDS = 2_000;
const UNUSED_KUBECONFIG = 'kubeconfig is not used: a virtual cluster gives its own to its host';

/** What a draft says, and everything that is wrong with it alone. */
export interface ExaminedDraft {
  /** Absent when the violations do not let it be completed. */
  readonly spec?: ClusterSpec;
  /** Of the kubeconfig; absent when there is none, or none that can be used. */
  readonly credential?: KubeconfigCredential;
  /** What its address leads to; nothing where the address cannot be read. */
  readonly resolved: Promise<ResolvedAddress>;
  readonly violations: readonly Violation[];
  readonly warnings: readonly string[];
}

export interface ValidDraft extends ExaminedDraft {
  readonly spec: ClusterSpec;
}

/** Completes and checks the draft without asking anybody but the name service. */
export async function examineDraft(
  { access, catalog, clock, facts = {} }: RegistryServices,
  name: string,
  draft: ClusterDraft,
): Promise<ExaminedDraft> {
  const address = readApiServer(draft.apiServer);
  const resolved: Promise<ResolvedAddress> =
    typeof address === 'string' ? Promise.resolve({}) : access.resolve(address);
  const ipAddress = await ipAddressOf(resolved);
  const { spec, violations, warnings } = completeSpec(name, draft, { address, catalog, facts, ipAddress });
  const reading = readCredential(draft, clock);
  const unusable = reading.findings.map(({ message, remedy }) => ({ field: 'kubeconfig', message, remedy }));
  return {
    ...(spec === undefined ? {} : { spec }),
    ...(reading.credential === undefined ? {} : { credential: reading.credential }),
    resolved,
    violations: [...violations, ...unusable],
    warnings: [...warnings, ...reading.warnings],
  };
}

function readCredential({ kubeconfig, clusterType }: ClusterDraft, clock: Clock): KubeconfigReading {
  if (kubeconfig === undefined) return { credential: undefined, findings: [], warnings: [] };
  if (clusterType === 'virtual') return { credential: undefined, findings: [], warnings: [UNUSED_KUBECONFIG] };
  return readKubeconfig(kubeconfig, clock);
}

/** @throws NautesError `ClusterInvalid` with every violation; an address that is refused and nothing else is its own error */
export async function requireValidDraft(
  services: RegistryServices,
  name: string,
  draft: ClusterDraft,
): Promise<ValidDraft> {
  const { spec, violations: found, ...rest } = await examineDraft(services, name, draft);
  if (spec !== undefined && found.length === 0) return { spec, violations: found, ...rest };
  const violations = [...found, ...addressViolations(await rest.resolved)];
  const problem = reportedViolations(violations)
    .map(({ field, message }) => (field === '' ? message : `${field}: ${message}`))
    .join('; ');
  throw new NautesError('ClusterInvalid', { cluster: name, problem }, { metadata: violationMetadata(violations) });
}

/** A refused address is reported together with the other violations. */
function addressViolations({ problem }: ResolvedAddress): readonly Violation[] {
  return problem === undefined ? [] : [{ field: 'api_server', message: problem.message, remedy: problem.remedy }];
}

/** For default host names: the address itself, or the first that its name resolves to in time. */
async function ipAddressOf(resolved: Promise<ResolvedAddress>): Promise<string | undefined> {
  const found = await Promise.race([resolved, delay(LOOKUP_TIMEOUT_MILLISECONDS, undefined, { ref: false })]);
  return found?.ip;
}
