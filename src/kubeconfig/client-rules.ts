import { NautesError } from '../errors/errors.ts';
import { type Entry, isSet } from './entry.ts';

/** Fields of which client-go takes one (`validateClusterInfo` and `validateAuthInfo` in client-go/tools/clientcmd). */
const EITHER_OR = {
  cluster: [['certificate-authority', 'certificate-authority-data']],
  user: [
    ['client-certificate', 'client-certificate-data'],
    ['client-key', 'client-key-data'],
    ['token', 'username'],
    ['token', 'password'],
    ['exec', 'auth-provider'],
  ],
} as const;

/** What client-go refuses of an entry before it connects: two fields where one is possible. */
export function conflictsOf(part: keyof typeof EITHER_OR, entry: Entry): readonly NautesError[] {
  const hasCertificate = ['client-certificate', 'client-certificate-data'].some((field) => isSet(entry, field));
  const [found] = EITHER_OR[part].filter(
    ([first, second]) => isSet(entry, first) && isSet(entry, second) && (first !== 'client-key' || hasCertificate),
  );
  return found === undefined ? [] : [new NautesError('KubeconfigConflict', { fields: [...found] })];
}

/** How the user of a kubeconfig proves who it is. */
export type Proof = 'itself' | 'program' | 'nothing';

/**
 * Where the credential is that client-go presents. A token, or a name, goes before what a program would say: programs are
 * asked for requests that have no `Authorization` yet. A key without a certificate does not count.
 * `program`: only a program of the machine (exec, auth-provider) has it.
 */
export function proofOf(user: Entry): Proof {
  if (['token', 'tokenFile', 'username'].some((field) => isSet(user, field))) return 'itself';
  if (isSet(user, 'exec') || isSet(user, 'auth-provider')) return 'program';
  return ['client-certificate', 'client-certificate-data'].some((field) => isSet(user, field)) ? 'itself' : 'nothing';
}
