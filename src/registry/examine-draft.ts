import { lookup } from 'node:dns/promises';
import type { Clock } from '../base/clock.ts';
import { NautesError } from '../errors/errors.ts';
import {
  type KubeconfigCredential,
  type KubeconfigReading,
  readKubeconfig,
  resolvedAddressProblem,
} from '../kube/index.ts';
import { readApiServer } from '../resources/cluster/api-server.ts';
import type { ClusterSpec } from '../resources/cluster/cluster.ts';
import type { ClusterDraft } from '../resources/cluster/cluster-draft.ts';
import { reportedViolations, type Violation, violationMetadata } from '../resources/violation.ts';
import { completeSpec } from './complete-spec.ts';
import type { RegistryServices } from './services.ts';

const LOOKUP_TIMEOUT_MILLISECONDS = 2_000;
const UNUSED_KUBECONFIG = 'kubeconfig is not used: a virtual cluster gives its own to its host';

/** What a draft says, and everything that is wrong with it alone. */
export interface ExaminedDraft {
  /** Absent when the violations do not let it be completed. */
  readonly spec?: ClusterSpec;
  /** Of the kubeconfig; absent when there is none, or none that can be used. */
  readonly credential?: KubeconfigCredential;
  readonly violations: readonly Violation[];
  readonly warnings: readonly string[];
}

export interface ValidDraft extends ExaminedDraft {
  readonly spec: ClusterSpec;
}

/** Completes and checks the draft without asking anybody but the name service. */
export async function examineDraft(
  { catalog, clock, facts = {} }: RegistryServices,
  name: string,
  draft: ClusterDraft,
): Promise<ExaminedDraft> {
  const ipAddress = await ipAddressOf(draft.apiServer);
  const { spec, violations, warnings } = completeSpec(name, draft, { catalog, facts, ipAddress });
  const reading = readCredential({ ...draft, apiServer: spec?.apiServer ?? draft.apiServer }, clock);
  const found: Violation[] = [...violations];
  for (const { reason, message, remedy } of reading.findings) {
    if (reason === 'ApiServerInvalid' && violations.some(({ field }) => field === 'api_server')) continue;
    found.push({ field: 'kubeconfig', message, remedy });
  }
  return {
    ...(spec === undefined ? {} : { spec }),
    ...(reading.credential === undefined ? {} : { credential: reading.credential }),
    violations: found,
    warnings: [...warnings, ...reading.warnings],
  };
}

function readCredential({ kubeconfig, clusterType, apiServer }: ClusterDraft, clock: Clock): KubeconfigReading {
  if (kubeconfig === undefined) return { credential: undefined, findings: [], warnings: [] };
  if (clusterType === 'virtual') return { credential: undefined, findings: [], warnings: [UNUSED_KUBECONFIG] };
  return readKubeconfig(kubeconfig, apiServer, clock);
}

/** @throws NautesError `ClusterInvalid` with every violation; an address that is refused and nothing else is its own error */
export async function requireValidDraft(
  services: RegistryServices,
  name: string,
  draft: ClusterDraft,
): Promise<ValidDraft> {
  const { spec, violations: found, ...rest } = await examineDraft(services, name, draft);
  if (spec !== undefined && found.length === 0) return { spec, violations: found, ...rest };
  const violations = [...found, ...(await addressViolations(services, draft.apiServer))];
  const problem = reportedViolations(violations)
    .map(({ field, message }) => (field === '' ? message : `${field}: ${message}`))
    .join('; ');
  throw new NautesError('ClusterInvalid', { cluster: name, problem }, { metadata: violationMetadata(violations) });
}

/** In company: whoever has to mend something else hears of the address in the same answer. */
async function addressViolations({ addresses }: RegistryServices, apiServer: string): Promise<readonly Violation[]> {
  const address = readApiServer(apiServer);
  const refusal = typeof address === 'string' ? undefined : await resolvedAddressProblem(address.url, addresses);
  return refusal === undefined ? [] : [{ field: 'api_server', message: refusal.message, remedy: refusal.remedy }];
}

/** For default host names: the address itself, or the first that its name resolves to. */
async function ipAddressOf(apiServer: string): Promise<string | undefined> {
  const address = readApiServer(apiServer);
  if (typeof address === 'string') return undefined;
  if (address.isIp) return address.host;
  const timeout = new Promise<undefined>((resolve) => {
    setTimeout(resolve, LOOKUP_TIMEOUT_MILLISECONDS, undefined).unref();
  });
  const found = await Promise.race([lookup(address.host).catch(() => undefined), timeout]);
  return found?.address;
}
