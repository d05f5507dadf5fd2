import { NautesError } from '../errors/errors.ts';

/** What an entry of a kubeconfig holds under `cluster`, `user` or `context`. */
export type Entry = Readonly<Record<string, unknown>>;

/** Fields that are text; a number or a boolean in their place is refused, as client-go does. */
export const TEXT_FIELDS = {
  clusters: ['server', 'certificate-authority', 'certificate-authority-data', 'proxy-url', 'tls-server-name'],
  users: [
    'as',
    'as-uid',
    'client-certificate',
    'client-certificate-data',
    'client-key',
    'client-key-data',
    'password',
    'token',
    'tokenFile',
    'username',
  ],
  contexts: ['cluster', 'user', 'namespace'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** The lists of a kubeconfig. */
export type ListName = keyof typeof TEXT_FIELDS;

/** Empty when the field is not text. */
export function textOf(entry: Entry, field: string): string {
  const value = Object.hasOwn(entry, field) ? entry[field] : undefined;
  return typeof value === 'string' ? value : '';
}

/** A field that says something: kubectl leaves out empty ones, others write them. */
export function isSet(entry: Entry, field: string): boolean {
  const value = Object.hasOwn(entry, field) ? entry[field] : undefined;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return value !== undefined && value !== null && value !== '' && value !== false;
}

/** kubectl config view writes these in the place of secrets unless it is told `--raw`; some encode them once more. */
const PLACEHOLDER = /^(?:(?:-+ )?REDACTED\+?(?: -+)?|DATA\+OMITTED)$/;
const SECRET_FIELDS = [
  'certificate-authority-data',
  'client-certificate-data',
  'client-key-data',
  'token',
  'password',
] as const;

/** The fields of an entry that hold a placeholder instead of a secret, each as a finding. */
export function placeholderFindings(entry: Entry): readonly NautesError[] {
  return SECRET_FIELDS.flatMap((field) => {
    const value = entry[field];
    if (typeof value !== 'string') return [];
    const decoded = Buffer.from(value, 'base64').toString('utf8');
    const isPlaceholder = [value, decoded].some((text) => PLACEHOLDER.test(text.trim()));
    return isPlaceholder ? [new NautesError('KubeconfigRedacted', { field })] : [];
  });
}
