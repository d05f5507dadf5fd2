import { Secret } from '../base/secret.ts';
import { parseYaml } from '../base/yaml.ts';
import { NautesError } from '../errors/errors.ts';
import { nameOf } from '../kube/index.ts';
import {
  describeReference,
  INCARNATION_LABEL,
  type KubeObject,
  listAt,
  referenceOf,
  textAt,
} from '../kube-objects/kube-object.ts';
import { wellKnown } from '../kube-objects/resource-types.ts';
import { message } from '../messages/message.ts';
import type { CredentialMaterial } from '../resources/credential.ts';
import { isOfCluster, keepObject } from './kept-object.ts';
import { type ConsumerCredential, KUBECONFIG_KEY } from './consumer-credential.ts';
import { inPlace } from './place-error.ts';
import type { PublicationChange, PublicationScope, PublishedCluster } from './publication.ts';
import { type AccountToken, reasonToIssue, type TargetAccount } from './target-account.ts';
import { tokenAnnotations, type TokenRecord, tokenRecordOf } from './token-record.ts';

export interface ConsumerTokensOptions {
  readonly cluster: PublishedCluster;
  readonly scope: PublicationScope;
  readonly account: TargetAccount;
  /** Lifetime that is asked for. */
  readonly tokenSeconds: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Makes the Secret of one namespace with the credential in it. */
export type SecretRenderer = (
  cluster: PublishedCluster,
  namespace: string,
  credential: ConsumerCredential,
) => KubeObject;

/** What was written, and since when (RFC 3339) the first of the Secrets is there. */
export interface KeptTokens {
  readonly changes: readonly PublicationChange[];
  readonly since: string;
}

/** Keeps Secrets with the credential of one account on the cluster, the same in each, and renews it before it ends. */
export class ConsumerTokens {
  readonly #options: ConsumerTokensOptions;

  constructor(options: ConsumerTokensOptions) {
    this.#options = options;
  }

  /** @throws NautesError `PublicationForeign` before anything is written, and others */
  async keepIn(namespaces: readonly string[], render: SecretRenderer, signal: AbortSignal): Promise<KeptTokens> {
    const { account, cluster, scope } = this.#options;
    const known = await this.#known(namespaces, render, signal);
    const kept = known === undefined ? [] : [known.record.boundSecret];
    const state = await account.ensure(kept, signal);
    const now = this.#options.now();
    const reason = reasonToIssue(known?.record, state, cluster.owner, now);
    const times = { seconds: this.#options.tokenSeconds, now };
    const current = known === undefined || reason !== undefined ? await account.issue(kept, times, signal) : known;
    const changes: PublicationChange[] = [];
    let since = '';
    for (const namespace of namespaces) {
      const object = this.#secret(namespace, render, current);
      const { head, changes: made } = await keepObject(
        { type: wellKnown.secret, object },
        cluster.owner,
        scope,
        signal,
      );
      changes.push(...made.map((change) => (reason === 'renewed' ? renewed(object, current.record) : change)));
      since = since === '' ? (head.metadata.creationTimestamp ?? '') : since;
    }
    if (current !== known) await account.ensure([current.record.boundSecret], signal); // the token of before ends
    return { changes, since };
  }

  /** The credential that one of the Secrets has; all are looked at, so that one of others is found before anything is written. */
  async #known(
    namespaces: readonly string[],
    render: SecretRenderer,
    signal: AbortSignal,
  ): Promise<AccountToken | undefined> {
    const { cluster, scope } = this.#options;
    let known: AccountToken | undefined;
    for (const namespace of namespaces) {
      const reference = referenceOf(render(cluster, namespace, this.#credential(new Secret(''))));
      const answer = scope.management.client.find(wellKnown.secret, nameOf(reference), signal);
      const found = await inPlace(answer, signal, reference);
      if (found === undefined) continue;
      if (!isOfCluster(found, cluster.owner)) {
        throw new NautesError('PublicationForeign', { object: describeReference(reference) });
      }
      const record = found.metadata.labels?.[INCARNATION_LABEL] === cluster.owner.incarnation && tokenRecordOf(found);
      const token = tokenIn(found);
      if (record && token !== '') known ??= { record, token: new Secret(token) };
    }
    return known;
  }

  #secret(namespace: string, render: SecretRenderer, { record, token }: AccountToken): KubeObject {
    const object = render(this.#options.cluster, namespace, this.#credential(token));
    return {
      ...object,
      metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, ...tokenAnnotations(record) } },
    };
  }

  #credential(token: Secret): ConsumerCredential {
    const { binding, owner } = this.#options.cluster;
    const { cluster, incarnation } = owner;
    const material = new Secret<CredentialMaterial>({ kind: 'token', token: token.reveal() });
    return { binding: { ...binding, cluster, incarnation }, material };
  }
}

function renewed(object: KubeObject, { expiresAt }: TokenRecord): PublicationChange {
  const text = { object: describeReference(referenceOf(object)), time: expiresAt };
  return { kind: 'renewed', message: message('PublicationRenewed', text) };
}

/** The token of the kubeconfig in a Secret of ours; empty where there is none. */
function tokenIn(secret: KubeObject): string {
  const kubeconfig = Buffer.from(textAt(secret, 'data', KUBECONFIG_KEY), 'base64').toString('utf8');
  try {
    const [user] = listAt(parseYaml(kubeconfig), 'users');
    return textAt(user, 'user', 'token');
  } catch {
    return '';
  }
}
