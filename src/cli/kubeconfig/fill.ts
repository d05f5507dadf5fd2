import type { Command } from 'commander';
import { NautesError } from '../../base/errors.ts';
import type { NautesClient, StatusView } from '../../client/index.ts';
import type { SpecDocument } from '../documents/document.ts';
import { type Invocation, warning } from '../invocation.ts';
import { Interrupted } from '../interruption.ts';
import type { Texts } from '../texts/texts.ts';
import type { BootstrapAccount } from './bootstrap-account.ts';
import { type KubeconfigFlags, prepareCredential } from './prepare.ts';

export type { KubeconfigFlags } from './prepare.ts';

export function kubeconfigOptions(command: Command, { help }: Texts): Command {
  return command
    .option('--kubeconfig <file>', help.kubeconfig)
    .option('--context <name>', help.kubeconfigContext)
    .option('--mint', help.mint)
    .option('-y, --yes', help.yesMint);
}

/** The documents with the credential in the one that is without, and the account that was made for it. */
export interface Filled {
  readonly documents: readonly SpecDocument[];
  readonly account?: { readonly account: BootstrapAccount; readonly cluster: string };
}

/**
 * Puts the credential that the flags name into the one physical cluster that has none, and the address of its API
 * server where that is missing. Without such flags the documents stay as they are.
 * @throws NautesError `KubeconfigTarget` and those of {@link prepareCredential}
 */
export async function fillKubeconfig(
  invocation: Invocation,
  documents: readonly SpecDocument[],
  flags: KubeconfigFlags,
): Promise<Filled> {
  if (flags.kubeconfig === undefined && flags.context === undefined && flags.mint === undefined) return { documents };
  const open = documents.filter(
    ({ kind, body }) => kind.name === 'Cluster' && body['cluster_type'] !== 'virtual' && body['kubeconfig'] === '',
  );
  const [target] = open;
  if (target === undefined || open.length > 1) throw new NautesError('KubeconfigTarget', { count: open.length });
  const { apiServer, kubeconfig, account } = await prepareCredential(invocation, flags);
  const body = {
    ...target.body,
    kubeconfig: kubeconfig.reveal(),
    api_server: target.body['api_server'] || apiServer,
  };
  return {
    documents: documents.map((document) => (document === target ? { ...document, body } : document)),
    ...(account === undefined ? {} : { account: { account, cluster: target.name } }),
  };
}

/** How long the server may take to make an account of its own before people are told, in milliseconds. */
const TAKEOVER_LIMIT = 180_000;
const LOOK_MILLISECONDS = 1_000;

/**
 * Runs the work that sends the documents, and then sees to it that an account that was made for it goes: once the
 * server has one of its own, or at once when the work failed. What could not be removed is named.
 */
export async function withAccount(
  invocation: Invocation,
  client: NautesClient,
  { account: made }: Filled,
  signal: AbortSignal,
  work: (onStatus: (status: StatusView) => void) => Promise<void>,
): Promise<void> {
  if (made === undefined) return work(() => {});
  const { terminal, texts } = invocation;
  const before = await client.status(made.cluster, signal).catch(() => undefined);
  const rotatedBefore = before?.credential.rotatedAt ?? '';
  let isTakenOver = false;
  const onStatus = (status: StatusView): void => {
    if (hasNewCredential(status, rotatedBefore)) isTakenOver = true;
  };
  let failure: unknown;
  try {
    await work(onStatus);
  } catch (error) {
    failure = error;
  }
  const isRegistered = failure === undefined || !(await isGone(client, made.cluster));
  if (isRegistered && !isTakenOver && !(failure instanceof Interrupted)) {
    if (failure === undefined) terminal.say(texts.output.waitsForOwnAccount);
    isTakenOver = await newCredentialWithin(client, made.cluster, rotatedBefore, signal);
  }
  if (isRegistered && !isTakenOver) {
    terminal.say(warning(invocation, texts.output.accountKept(made.account.name)));
    for (const command of made.account.removalCommands) terminal.say(`  ${command}`);
  } else {
    await removeAccount(invocation, made.account);
  }
  if (failure !== undefined) throw failure;
}

async function removeAccount(invocation: Invocation, account: BootstrapAccount): Promise<void> {
  const { terminal, texts } = invocation;
  try {
    await account.remove();
    terminal.say(texts.output.accountRemoved(account.name));
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    terminal.say(warning(invocation, `${texts.output.accountNotRemoved(account.name)} ${problem}`));
    for (const command of account.removalCommands) terminal.say(`  ${command}`);
  }
}

/** The server has made an account of its own with ours, and does not need that any more. */
function hasNewCredential({ conditions, credential }: StatusView, rotatedBefore: string): boolean {
  const isReady = conditions.some(({ type, status }) => type === 'CredentialReady' && status === 'True');
  return isReady && credential.rotatedAt !== '' && credential.rotatedAt !== rotatedBefore;
}

/** True when the server knows no such cluster, so that it has no use for the account. */
async function isGone(client: NautesClient, cluster: string): Promise<boolean> {
  return client.status(cluster, AbortSignal.timeout(10_000)).then(
    () => false,
    (error: unknown) => error instanceof Error && 'status' in error && error.status === 404,
  );
}

async function newCredentialWithin(
  client: NautesClient,
  cluster: string,
  rotatedBefore: string,
  signal: AbortSignal,
): Promise<boolean> {
  const end = Date.now() + TAKEOVER_LIMIT;
  while (Date.now() < end && !signal.aborted) {
    const status = await client.status(cluster, signal).catch(() => undefined);
    if (status !== undefined && hasNewCredential(status, rotatedBefore)) return true;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MILLISECONDS));
  }
  return false;
}
