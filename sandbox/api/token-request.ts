import { timestamp } from '../../src/base/clock.ts';
import type { ClusterState } from '../cluster/cluster-state.ts';
import { type JsonObject, numberAt, objectAt, stringAt } from '../base/json.ts';
import { badRequest, invalid, methodNotAllowed, notFound, StatusError } from '../base/status-error.ts';
import { sendJson } from './exchange.ts';
import { requestObject } from './request-body.ts';
import type { ResourceRequest } from './resource-request.ts';
import { isDryRun } from './write.ts';
import { currentTimestamp } from '../base/time.ts';

const DEFAULT_TOKEN_SECONDS = 3600;
const MINIMUM_TOKEN_SECONDS = 600;
const MAXIMUM_TOKEN_SECONDS = 2 ** 32;

/** `serviceaccounts/<name>/token`. */
export async function requestToken(request: ResourceRequest): Promise<void> {
  const { cluster, exchange, resource, path } = request;
  if (request.verb !== 'create') throw methodNotAllowed();
  const body = await requestObject(exchange);
  const account = cluster.objects.get(resource, path.namespace, path.name);
  const asked = numberAt(body, 'spec', 'expirationSeconds') ?? DEFAULT_TOKEN_SECONDS;
  checkLifetime(path.name, asked);
  const maximum = cluster.behaviour.maximumTokenSeconds ?? MAXIMUM_TOKEN_SECONDS;
  const expirationSeconds = Math.min(asked, maximum);
  if (asked > maximum) {
    const text = `requested expiration of ${asked} seconds shortened to ${maximum} seconds`;
    exchange.response.setHeader('warning', `299 - "${text}"`);
  }
  const audiences = ['https://kubernetes.default.svc.cluster.local'];
  const bound = boundObject(cluster, path.namespace, objectAt(body, 'spec', 'boundObjectRef'));
  const subject = { namespace: path.namespace, name: path.name, uid: account.uid, audiences, expirationSeconds, bound };
  const { token, expiresAt } = isDryRun(exchange) ? { token: '', expiresAt: 0 } : cluster.tokens.issue(subject);
  const status = { token, expirationTimestamp: timestamp((expiresAt ?? 0) * 1000) };
  const spec = { ...objectAt(body, 'spec'), audiences, expirationSeconds };
  const metadata = { name: path.name, namespace: path.namespace, creationTimestamp: currentTimestamp() };
  const type = { kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1' };
  sendJson(exchange.response, 201, { ...type, metadata, spec, status });
}

function checkLifetime(name: string, seconds: number): void {
  const problem =
    seconds < MINIMUM_TOKEN_SECONDS
      ? 'may not specify a duration less than 10 minutes'
      : seconds > MAXIMUM_TOKEN_SECONDS
        ? 'may not specify a duration larger than 2^32 seconds'
        : undefined;
  if (problem === undefined) return;
  throw invalid({ group: 'authentication.k8s.io', kind: 'TokenRequest' }, name, [
    { reason: 'FieldValueInvalid', field: 'spec.expirationSeconds', message: `Invalid value: ${seconds}: ${problem}` },
  ]);
}

function boundObject(
  cluster: ClusterState,
  namespace: string,
  reference: JsonObject | undefined,
): { kind: string; name: string; uid: string } | undefined {
  if (reference === undefined) return undefined;
  const [kind, name] = [stringAt(reference, 'kind') ?? '', stringAt(reference, 'name') ?? ''];
  const resource = kind === 'Secret' ? 'secrets' : kind === 'Pod' ? 'pods' : undefined;
  if (resource === undefined) {
    throw badRequest(`cannot bind token for serviceaccount to object of type ${kind}`);
  }
  const found = cluster.store.get(resource, namespace, name);
  if (found === undefined) throw notFound({ group: '', plural: resource }, name);
  const uid = stringAt(reference, 'uid');
  if (uid !== undefined && uid !== found.uid) {
    const text = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`;
    throw new StatusError(409, `Operation cannot be fulfilled on ${resource} "${name}": ${text}`, {
      reason: 'Conflict',
    });
  }
  return { kind, name, uid: found.uid };
}
