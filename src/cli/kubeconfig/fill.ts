import type { Command } from 'commander';
import { NautesError } from '../../base/errors.ts';
import type { SpecDocument } from '../documents/document.ts';
import type { Invocation } from '../invocation.ts';
import type { Texts } from '../texts/texts.ts';
import type { MadeAccount } from './account-use.ts';
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
  readonly account?: MadeAccount;
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
