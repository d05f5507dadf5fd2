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

/** Fields that are base64; in any entry, as client-go decodes all of them. */
export const BASE64_FIELDS = {
  clusters: ['certificate-authority-data'],
  users: ['client-certificate-data', 'client-key-data'],
  contexts: [],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Fields that are neither text nor base64 of it. */
export const OTHER_FIELDS = {
  clusters: { 'insecure-skip-tls-verify': 'boolean', 'disable-compression': 'boolean', extensions: 'list' },
  users: {
    'as-groups': 'list',
    'as-user-extra': 'map',
    'auth-provider': 'map',
    exec: 'map',
    extensions: 'list',
  },
  contexts: { extensions: 'list' },
} as const satisfies Readonly<Record<string, Readonly<Record<string, FieldForm>>>>;

/** The form of a field's value. */
export type FieldForm = 'boolean' | 'list' | 'map';

/** Whether the value has the form, or is absent. */
export function hasForm(value: unknown, form: FieldForm): boolean {
  if (value === undefined || value === null) return true;
  if (form === 'boolean') return typeof value === 'boolean';
  return form === 'list' ? Array.isArray(value) : typeof value === 'object' && !Array.isArray(value);
}

/** As Go decodes it: line breaks are ignored, the padding is needed. */
export function isBase64(text: string): boolean {
  const compact = text.replace(/[\r\n]/g, '');
  return compact.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(compact);
}

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
