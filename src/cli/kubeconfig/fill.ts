import type { Command } from 'commander';
import type { Secret } from '../../base/secret.ts';
import { NautesError } from '../../errors/errors.ts';
import type { SpecDocument } from '../documents/document.ts';
import type { Invocation } from '../invocation/invocation.ts';
import type { Texts } from '../texts/texts.ts';
import type { MadeAccount } from './account-use.ts';
import { addressOf, type KubeconfigFlags, prepareCredential } from './prepare.ts';

export type { KubeconfigFlags } from './prepare.ts';

export function kubeconfigOptions(command: Command, { help }: Texts): Command {
  return command
    .option('--kubeconfig <file>', help.kubeconfig)
    .option('--context <name>', help.kubeconfigContext)
    .option('--mint', help.mint)
    .option('-y, --yes', help.yesMint);
}

/**
 * Whether the server would take the document, its credential aside; asked before an account is made for it. `proxied`:
 * the kubeconfig of a cluster behind a proxy, without a credential.
 */
export type DocumentCheck = (document: SpecDocument, proxied?: Secret) => Promise<void>;

/** The documents with the credential in the one that is without, and the account that was made for it. */
export interface Filled {
  readonly documents: readonly SpecDocument[];
  readonly account?: MadeAccount;
}

/**
 * Puts the credential that the flags name into the one physical cluster that has none, and the address of its API
 * server where that is missing. No account is made for what the check throws at. Without such flags the documents stay as they are.
 * @throws NautesError `KubeconfigTarget` and those of {@link prepareCredential}
 */
export async function fillKubeconfig(
  invocation: Invocation,
  documents: readonly SpecDocument[],
  flags: KubeconfigFlags,
  check: DocumentCheck,
): Promise<Filled> {
  const target = targetOf(documents, flags);
  if (target === undefined) return { documents };
  const beforeAccount = async (apiServer: string, proxied?: Secret): Promise<void> => {
    const body = { ...target.body, api_server: target.body['api_server'] || apiServer };
    await check({ ...target, body }, proxied);
  };
  const { apiServer, kubeconfig, account } = await prepareCredential(invocation, flags, beforeAccount);
  return {
    documents: filledInto(documents, target, apiServer, kubeconfig.reveal()),
    ...(account === undefined ? {} : { account: { account, cluster: target.name } }),
  };
}

/** The same to look at: with something in the place of the credential, which is not read, and no account is made. */
export async function previewKubeconfig(
  { environment }: Invocation,
  documents: readonly SpecDocument[],
  flags: KubeconfigFlags,
): Promise<readonly SpecDocument[]> {
  const target = targetOf(documents, flags);
  if (target === undefined) return documents;
  return filledInto(documents, target, await addressOf(flags, environment), 'not read');
}

/** The document that takes the credential; `undefined` when the flags name none. @throws NautesError `KubeconfigTarget` */
function targetOf(documents: readonly SpecDocument[], flags: KubeconfigFlags): SpecDocument | undefined {
  if (flags.kubeconfig === undefined && flags.context === undefined && flags.mint === undefined) return undefined;
  const open = documents.filter(
    ({ kind, body }) => kind.name === 'Cluster' && body['cluster_type'] !== 'virtual' && body['kubeconfig'] === '',
  );
  const [target] = open;
  if (target === undefined || open.length > 1) throw new NautesError('KubeconfigTarget', { count: open.length });
  return target;
}

function filledInto(
  documents: readonly SpecDocument[],
  target: SpecDocument,
  apiServer: string,
  kubeconfig: string,
): readonly SpecDocument[] {
  const body = { ...target.body, kubeconfig, api_server: target.body['api_server'] || apiServer };
  return documents.map((document) => (document === target ? { ...document, body } : document));
}
