import { NautesError } from '../../errors/errors.ts';
import { Secret } from '../../base/secret.ts';
import { textOf } from '../../kubeconfig/entry.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { interruption } from '../invocation/process-end.ts';
import { Prompt } from '../invocation/prompt.ts';
import { BOOTSTRAP_SECONDS, BootstrapAccount } from './bootstrap-account.ts';
import { proofOf } from '../../kubeconfig/client-rules.ts';
import { inlineKubeconfig, kubeconfigWithToken, refuseUnusable } from './inline.ts';
import { removeAccount } from './remove-account.ts';
import { requirePassage } from './token-passage.ts';
import { readKubeconfigs, type SelectedContext, selectContext } from './select.ts';

/** Which kubeconfig a credential comes from. */
export interface KubeconfigFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Make a short-lived account on the cluster also when the kubeconfig holds a credential. */
  readonly mint?: true;
  readonly yes?: true;
}

/** A credential that can be sent. */
export interface PreparedCredential {
  /** Address of the API server as the kubeconfig has it. */
  readonly apiServer: string;
  /** A kubeconfig that holds everything itself. */
  readonly kubeconfig: Secret;
  /** The account that was made for it; it has to be removed. */
  readonly account?: BootstrapAccount;
}

/**
 * The credential that the flags name, fit to be sent: files are read into it, other contexts are left out. Where only a
 * program of this machine has the credential, a short-lived account is made on the cluster, after saying so.
 * @param beforeAccount throws when no account shall be made; of a cluster behind a proxy it gets a kubeconfig without a credential
 */
export async function prepareCredential(
  invocation: Invocation,
  flags: KubeconfigFlags,
  beforeAccount: (apiServer: string, proxied?: Secret) => Promise<void>,
): Promise<PreparedCredential> {
  const selected = await findContext(flags, invocation.environment);
  refuseUnusable(selected);
  const apiServer = textOf(selected.cluster, 'server').trim();
  const proof = proofOf(selected.user);
  if (proof === 'nothing') throw new NautesError('KubeconfigWithoutCredential');
  if (proof === 'itself' && flags.mint !== true) {
    return { apiServer, kubeconfig: await inlineKubeconfig(selected) };
  }
  const hasProxy = textOf(selected.cluster, 'proxy-url') !== '';
  await beforeAccount(apiServer, hasProxy ? await kubeconfigWithToken(selected, new Secret('')) : undefined);
  await requirePassage(selected, interruption());
  const account = new BootstrapAccount(selected);
  await agree(invocation, selected, account, flags);
  const token = await account.create(interruption());
  try {
    return { apiServer, kubeconfig: await kubeconfigWithToken(selected, token), account };
  } catch (error) {
    await removeAccount(invocation, account);
    throw error; // and not what may have kept the account from going
  }
}

/** Address of the API server in the kubeconfig that the flags name; nothing is made, and no program is run. */
export async function addressOf(flags: KubeconfigFlags, environment: NodeJS.ProcessEnv): Promise<string> {
  const selected = await findContext(flags, environment);
  refuseUnusable(selected);
  return textOf(selected.cluster, 'server').trim();
}

async function agree(
  invocation: Invocation,
  { context, user }: SelectedContext,
  account: BootstrapAccount,
  { yes }: KubeconfigFlags,
): Promise<void> {
  const { terminal, texts } = invocation;
  const exec = user['exec'];
  const command = typeof exec === 'object' && exec !== null && 'command' in exec ? String(exec.command) : '';
  terminal.tell(texts.output.accountNeeded(context, command));
  terminal.say(account.objects.map((object) => `  ${object}`));
  terminal.tell(texts.output.accountBounds(BOOTSTRAP_SECONDS / 60));
  if (yes === true) return;
  using prompt = new Prompt(invocation);
  if ((await prompt.ask(texts.output.accountQuestion)) === 'no') throw new NautesError('NothingConfirmed');
}

/** The context that the flags name. */
async function findContext(
  { kubeconfig, context }: KubeconfigFlags,
  environment: NodeJS.ProcessEnv,
): Promise<SelectedContext> {
  return selectContext(await readKubeconfigs(kubeconfig, environment), context);
}
