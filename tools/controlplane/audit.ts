import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The audit log of the API server: whose requests it records, and where. */
export interface AuditOptions {
  readonly policyFile: string;
  readonly logFile: string;
}

/** A request that the API server has answered. */
export interface AuditedRequest {
  readonly user: string;
  readonly verb: string;
  /** Empty for the core group, and for what is no resource. */
  readonly group: string;
  /** Plural, with a subresource after a slash; empty for what is no resource. */
  readonly resource: string;
  readonly namespace: string;
  /** HTTP status. */
  readonly code: number;
}

interface AuditEvent {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
  };
  readonly responseStatus?: { readonly code?: number };
}

/** Writes a policy that records the requests of the users of a group, as soon as they are answered. */
export async function auditGroup(directory: string, group: string): Promise<AuditOptions> {
  const policyFile = join(directory, 'audit-policy.json');
  const policy = {
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['RequestReceived'],
    rules: [{ level: 'Metadata', userGroups: [group] }, { level: 'None' }],
  };
  await writeFile(policyFile, JSON.stringify(policy));
  return { policyFile, logFile: join(directory, 'audit.log') };
}

/** The requests of the log, in their order; a watch is there once it has begun, and again when it has ended. */
export async function readAudit(logFile: string): Promise<readonly AuditedRequest[]> {
  const lines = (await readFile(logFile, 'utf8')).split('\n').slice(0, -1); // the last may be half written
  return lines.map((line) => {
    const { verb, user, objectRef = {}, responseStatus } = JSON.parse(line) as AuditEvent;
    const { apiGroup = '', resource = '', subresource, namespace = '' } = objectRef;
    return {
      user: user.username,
      verb,
      group: apiGroup,
      resource: subresource === undefined ? resource : `${resource}/${subresource}`,
      namespace,
      code: responseStatus?.code ?? 0,
    };
  });
}
