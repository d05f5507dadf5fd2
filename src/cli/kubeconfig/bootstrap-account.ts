import { delimiter } from 'node:path';
import { NautesError } from '../../errors/errors.ts';
import { Secret } from '../../base/secret.ts';
import { sleep } from '../../base/async/timing.ts';
import { kubectl, type KubectlTarget } from './kubectl.ts';
import { message } from '../../messages/message.ts';

/** The account is for the moments until the server has one of its own. */
export const BOOTSTRAP_SECONDS = 3600;
const REMOVAL_LIMIT = 60_000;
const RETRY_MILLISECONDS = 1000;
/**
 * What passes by itself: the webhooks of a component that is just being installed answer for namespaces before its pods
 * are there (HNC does).
 */
const PASSES = /failed calling webhook|InternalError|timed? ?out|ServiceUnavailable|TooManyRequests/i;

const LABELS = { 'app.kubernetes.io/managed-by': 'nautes-cli' };
const ACCOUNT = 'bootstrap';

/**
 * An account on a cluster for the credential that a kubeconfig itself does not hold: a Namespace of its own with a
 * ServiceAccount, and a ClusterRoleBinding, all under one name that nothing else has, and a token that ends by itself.
 */
export class BootstrapAccount {
  readonly name: string;
  readonly #target: KubectlTarget;

  constructor(target: KubectlTarget) {
    this.#target = target;
    this.name = `nautes-bootstrap-${crypto.randomUUID().slice(0, 8)}`;
  }

  /** What is made, for people to agree to. */
  get objects(): readonly string[] {
    return [
      `Namespace ${this.name}`,
      `ServiceAccount ${this.name}/${ACCOUNT}`,
      `ClusterRoleBinding ${this.name} (cluster-admin)`,
    ];
  }

  /** What a person would run to take it away. */
  get removalCommands(): readonly string[] {
    const { files, context, alone } = this.#target;
    const [file = '', ...others] = alone === undefined ? files : [];
    const command =
      file === ''
        ? 'kubectl'
        : others.length === 0
          ? `kubectl --kubeconfig ${quoted(file)} --context ${quoted(context)}`
          : `KUBECONFIG=${quoted(files.join(delimiter))} kubectl --context ${quoted(context)}`;
    return [`${command} delete clusterrolebinding ${this.name}`, `${command} delete namespace ${this.name}`];
  }

  /** Makes the account and its token; what was made of it before a failure is removed again. */
  async create(signal: AbortSignal): Promise<Secret> {
    try {
      await kubectl(
        this.#target,
        {
          args: ['create', '-f', '-'],
          input: JSON.stringify(this.#manifest()),
          action: message('Kubectl.createAccount'),
        },
        signal,
      );
      const args = ['create', 'token', ACCOUNT, '--namespace', this.name, `--duration=${BOOTSTRAP_SECONDS}s`];
      const token = await kubectl(this.#target, { args, action: message('Kubectl.createToken') }, signal);
      return new Secret(token.trim());
    } catch (error) {
      await this.remove().catch(() => {}); // the failure itself is what people have to know
      throw error;
    }
  }

  /** Ends its rights first, then its token. Also after Ctrl-C: it has a time of its own. */
  async remove(): Promise<void> {
    const signal = AbortSignal.timeout(REMOVAL_LIMIT);
    await this.#delete(['clusterrolebinding', this.name], signal);
    await this.#delete(['serviceaccount', ACCOUNT, '--namespace', this.name], signal);
    await this.#deleteNamespace(signal);
  }

  async #deleteNamespace(signal: AbortSignal): Promise<void> {
    for (;;) {
      try {
        return await this.#delete(['namespace', this.name], signal);
      } catch (error) {
        const passes = error instanceof NautesError && PASSES.test(error.message) && !signal.aborted;
        if (!passes) throw error;
      }
      await sleep(RETRY_MILLISECONDS);
    }
  }

  async #delete(what: readonly string[], signal: AbortSignal): Promise<void> {
    const args = ['delete', ...what, '--ignore-not-found', '--wait=false'];
    await kubectl(
      this.#target,
      { args, action: message('Kubectl.remove', { object: what.slice(0, 2).join(' ') }) },
      signal,
    );
  }

  #manifest(): unknown {
    const { name } = this;
    return {
      apiVersion: 'v1',
      kind: 'List',
      items: [
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: LABELS } },
        { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: ACCOUNT, namespace: name, labels: LABELS } },
        {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'ClusterRoleBinding',
          metadata: { name, labels: LABELS },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
          subjects: [{ kind: 'ServiceAccount', name: ACCOUNT, namespace: name }],
        },
      ],
    };
  }
}

/** For a shell that a person types it into. */
function quoted(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
