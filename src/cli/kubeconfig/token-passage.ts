import { NautesError } from '../../errors/errors.ts';
import { Secret } from '../../base/secret.ts';
import { message } from '../../messages/message.ts';
import { textOf } from '../../kubeconfig/entry.ts';
import { readApiServer } from '../../resources/cluster/api-server.ts';
import { kubeconfigWithToken } from './inline.ts';
import { kubectl } from './kubectl.ts';
import type { SelectedContext } from './select.ts';

/** What kubectl says of a 401. */
const REFUSED = /must be logged in|Unauthorized|provide credentials/i;

/**
 * A proxy before the API server may know tokens of its own only. Tried with one of a ServiceAccount that every cluster
 * has, so that no account is made whose token is of no use. Where there is a proxy, the address has a path or the
 * certificate another name.
 * @throws NautesError `OwnTokenRefused`
 */
export async function requirePassage(selected: SelectedContext, signal: AbortSignal): Promise<void> {
  const address = textOf(selected.cluster, 'server').trim();
  const { path = '' } = readApiServer(address).address ?? {};
  if (path === '' && textOf(selected.cluster, 'tls-server-name') === '') return;
  const action = message('Kubectl.createToken');
  const args = ['create', 'token', 'default', '--namespace', 'default', '--duration=600s'];
  const token = await kubectl(selected, { args, action }, signal).catch(() => ''); // making the account will tell why
  if (token === '') return;
  const alone = await kubeconfigWithToken(selected, new Secret(token.trim()));
  const question = { args: ['auth', 'can-i', 'list', 'pods'], action };
  try {
    await kubectl({ files: [], context: selected.context, alone }, question, signal);
  } catch (error) {
    signal.throwIfAborted();
    // "no" is an answer of the cluster, and ends kubectl with 1 as well.
    if (error instanceof Error && REFUSED.test(error.message)) throw new NautesError('OwnTokenRefused', { address });
  }
}
