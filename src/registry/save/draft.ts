import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../base/clock.ts';
import { NautesError } from '../../errors/errors.ts';
import {
  type KubeconfigCredential,
  type KubeconfigReading,
  type ProxyRules,
  readKubeconfig,
  type ResolvedAddress,
} from '../../kube/index.ts';
import { type ApiServerAddress, readApiServer } from '../../resources/cluster/api-server.ts';
import type { ClusterSpec } from '../../resources/cluster/cluster.ts';
import { clusterFiles } from '../../resources/cluster/cluster-files.ts';
import type { ClusterDraft } from '../../resources/cluster/cluster-draft.ts';
import { type Violation, violationsMessage } from '../../errors/violation.ts';
import { message } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';
import type { SaveOptions } from '../cluster-registry.ts';
import type { RegistryServices } from '../services.ts';
import { type Finding, problem } from './finding.ts';
import { completeSpec } from './complete-spec.ts';

const LOOKUP_TIMEOUT_MILLISECONDS = 2_000;

/** What is asked for under a name. */
export interface SaveRequest {
  readonly name: string;
  readonly draft: ClusterDraft;
  readonly options: SaveOptions;
}

/** A draft that was read once, as what it is, and everything that is wrong with it alone. */
export interface ExaminedDraft {
  readonly name: string;
  /** Absent when it cannot be read. */
  readonly address?: ApiServerAddress;
  /** Absent when the violations do not let it be completed. */
  readonly spec?: ClusterSpec;
  /** True when the request has a kubeconfig, whatever is in it. */
  readonly hasKubeconfig: boolean;
  /** Of the kubeconfig; absent when there is none, or none that can be used. */
  readonly credential?: KubeconfigCredential;
  /** What its address leads to; nothing where the address cannot be read. */
  readonly resolved: Promise<ResolvedAddress>;
  readonly violations: readonly Violation[];
  readonly warnings: readonly Message[];
}

/** A draft that makes a cluster; its kubeconfig can still have violations. */
export interface CompleteDraft extends ExaminedDraft {
  readonly address: ApiServerAddress;
  readonly spec: ClusterSpec;
}

/** Completes and checks the draft; only the address is looked up. */
export async function examineDraft(
  { access, catalog, clock, repo, facts = {} }: RegistryServices,
  { name, draft }: SaveRequest,
): Promise<ExaminedDraft> {
  const read = readApiServer(draft.apiServer);
  const { address } = read;
  const resolved: Promise<ResolvedAddress> = address === undefined ? Promise.resolve({}) : access.resolve(address);
  const ipAddress = await ipAddressOf(resolved);
  const { spec, violations, warnings } = completeSpec({
    name,
    draft,
    before: repo.snapshot().of(clusterFiles).get(name)?.resource?.spec,
    address: read,
    catalog,
    facts,
    ipAddress,
  });
  const proxies = address === undefined ? {} : access.proxiesOf(address);
  const reading = readCredential(draft, clock, proxies);
  const unusable = reading.findings.map(({ said, action }) => ({ field: 'kubeconfig', said, action }));
  return {
    name,
    address,
    spec,
    hasKubeconfig: draft.kubeconfig !== undefined,
    credential: reading.credential,
    resolved,
    violations: [...violations, ...unusable],
    warnings: [...warnings, ...reading.warnings],
  };
}

function readCredential(
  { kubeconfig, clusterType }: ClusterDraft,
  clock: Clock,
  proxies: ProxyRules,
): KubeconfigReading {
  if (kubeconfig === undefined) return { credential: undefined, findings: [], warnings: [] };
  if (clusterType === 'virtual')
    return { credential: undefined, findings: [], warnings: [message('Warning.kubeconfigUnused')] };
  return readKubeconfig(kubeconfig, clock, proxies);
}

/** True when a change can be made of the draft. */
export function isComplete(draft: ExaminedDraft): draft is CompleteDraft {
  return draft.spec !== undefined && draft.address !== undefined;
}

/** What is to be said of the address of a draft that is invalid anyway. */
export async function addressFindings({ resolved }: ExaminedDraft): Promise<readonly Finding[]> {
  return problem('api_server', (await resolved).problem);
}

/** @throws NautesError `ClusterInvalid` with every violation; an address that is refused and nothing else is left to the checks */
export async function requireValid(draft: ExaminedDraft): Promise<CompleteDraft> {
  if (isComplete(draft) && draft.violations.length === 0) return draft;
  const { name, resolved } = draft;
  const refusal = (await resolved).problem; // reported together with the other violations
  const address = refusal === undefined ? [] : [{ field: 'api_server', said: refusal.said, action: refusal.action }];
  const violations = [...draft.violations, ...address];
  const details = { cluster: name, problem: violationsMessage(violations) };
  throw new NautesError('ClusterInvalid', details, { violations });
}

/** For default host names: the address itself, or the first that its name resolves to in time. */
async function ipAddressOf(resolved: Promise<ResolvedAddress>): Promise<string | undefined> {
  const found = await Promise.race([resolved, delay(LOOKUP_TIMEOUT_MILLISECONDS, undefined, { ref: false })]);
  return found?.ip;
}
