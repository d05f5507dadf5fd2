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

/** The form of a value: what client-go decodes it to. `any`: whatever stands there. */
export type FieldForm =
  | 'boolean'
  | 'text'
  | 'any'
  | { readonly list: FieldForm }
  | { readonly map: FieldForm }
  | { readonly fields: Readonly<Record<string, FieldForm>> };

const EXTENSIONS: FieldForm = { list: { fields: { name: 'text', extension: 'any' } } };

/** Fields that are neither text nor base64 of it (`clientcmd/api/v1`). */
export const OTHER_FIELDS: Readonly<Record<ListName, Readonly<Record<string, FieldForm>>>> = {
  clusters: { 'insecure-skip-tls-verify': 'boolean', 'disable-compression': 'boolean', extensions: EXTENSIONS },
  users: {
    'as-groups': { list: 'text' },
    'as-user-extra': { map: { list: 'text' } },
    'auth-provider': { fields: { name: 'text', config: { map: 'text' } } },
    exec: {
      fields: {
        apiVersion: 'text',
        args: { list: 'text' },
        command: 'text',
        env: { list: { fields: { name: 'text', value: 'text' } } },
        installHint: 'text',
        interactiveMode: 'text',
        provideClusterInfo: 'boolean',
      },
    },
    extensions: EXTENSIONS,
  },
  contexts: { extensions: EXTENSIONS },
};

/** Fields of the file itself besides its lists. */
export const FILE_FIELDS: Readonly<Record<string, FieldForm>> = {
  preferences: { fields: { colors: 'boolean', extensions: EXTENSIONS } },
  extensions: EXTENSIONS,
};

/** A value that does not have the form of its field. */
export interface FormProblem {
  /** Names of the fields from the outer one, separated by dots. */
  readonly field: string;
  readonly wanted: 'boolean' | 'text' | 'list' | 'map';
}

/** Where the value does not have the form, if so. No value, or null, has any form. */
export function formProblem(field: string, value: unknown, form: FieldForm): FormProblem | undefined {
  if (value === undefined || value === null || form === 'any') return undefined;
  if (form === 'boolean') return typeof value === 'boolean' ? undefined : { field, wanted: form };
  if (form === 'text') return typeof value === 'string' ? undefined : { field, wanted: form };
  if ('list' in form) {
    return Array.isArray(value)
      ? firstProblem(value, (each) => formProblem(field, each, form.list))
      : { field, wanted: 'list' };
  }
  if (typeof value !== 'object' || Array.isArray(value)) return { field, wanted: 'map' };
  const wanted = (name: string): FieldForm => ('map' in form ? form.map : (form.fields[name] ?? 'any'));
  return firstProblem(Object.entries(value), ([name, each]) => formProblem(`${field}.${name}`, each, wanted(name)));
}

function firstProblem<T>(items: readonly T[], find: (item: T) => FormProblem | undefined): FormProblem | undefined {
  for (const item of items) {
    const problem = find(item);
    if (problem !== undefined) return problem;
  }
  return undefined;
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
