import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { Secret } from '../../base/secret.ts';
import { NautesError } from '../../errors/errors.ts';
import { parseKubeconfigDocument } from '../../kubeconfig/document.ts';
import type { Entry } from '../../kubeconfig/entry.ts';
import {
  chooseContext,
  type KubeconfigFile,
  kubeconfigFileOf,
  mergeKubeconfigs,
} from '../../kubeconfig/kubeconfig-file.ts';
import { readKubeconfigSource } from './kubeconfig-source.ts';

/** The kubeconfigs that a command reads, as one. */
export interface Kubeconfig {
  /** Those that are there, in their order. */
  readonly files: readonly string[];
  /** One of them cannot be read again. */
  readonly hasStream: boolean;
  readonly entries: KubeconfigFile;
}

/** One context of them. */
export interface SelectedContext {
  readonly files: readonly string[];
  readonly context: string;
  readonly cluster: Entry;
  readonly user: Entry;
  /** A kubeconfig of this context alone; there when the files cannot be read again. */
  readonly alone?: Secret;
}

/**
 * The file that is named (`-`: the standard input), or those of KUBECONFIG merged as kubectl does it, or kubectl's own. Files that are missing
 * are left out, and paths in a file become those from its folder.
 * @throws NautesError `KubeconfigMissing`, `KubeconfigInvalid`, `KubeconfigNotYaml`, `KubeconfigAliases`
 */
export async function readKubeconfigs(named: string | undefined, environment: NodeJS.ProcessEnv): Promise<Kubeconfig> {
  const usual = join(environment['HOME'] || homedir(), '.kube', 'config');
  const configured = (environment['KUBECONFIG'] ?? '').split(delimiter).filter(Boolean);
  const candidates = named === undefined ? (configured.length === 0 ? [usual] : configured) : [named];
  const found: { readonly file: string; readonly isStream: boolean; readonly entries: KubeconfigFile }[] = [];
  for (const file of new Set(candidates)) {
    const source = await readKubeconfigSource(file);
    if (source === undefined) continue;
    const { text, directory, isStream } = source;
    found.push({ file, isStream, entries: withPathsFrom(directory, parseKubeconfig(text)) });
  }
  if (found.length === 0) throw new NautesError('KubeconfigMissing', { file: candidates[0] ?? usual });
  return {
    files: found.map(({ file }) => file),
    hasStream: found.some(({ isStream }) => isStream),
    entries: mergeKubeconfigs(found.map(({ entries }) => entries)),
  };
}

/** The first thing that is wrong is thrown. */
function parseKubeconfig(text: string): KubeconfigFile {
  return orThrow((findings) => kubeconfigFileOf(parseKubeconfigDocument(text).data, findings));
}

/**
 * The named context, or the current one, or the only one.
 * @throws NautesError `KubeconfigContextMissing`, `KubeconfigContextUnclear`, `KubeconfigReferenceDangling`
 */
export function selectContext({ files, hasStream, entries }: Kubeconfig, wanted: string | undefined): SelectedContext {
  const { contexts, currentContext } = entries;
  const name = wanted ?? currentContext;
  if (name !== '' && contexts.size > 0 && !contexts.has(name)) {
    const known = [...contexts.keys()].join(', ');
    throw new NautesError('KubeconfigContextMissing', { file: files.join(delimiter), name, known });
  }
  const { name: context, cluster = {}, user = {} } = orThrow((findings) => chooseContext(entries, findings, name));
  const selected = { files, context, cluster, user };
  return hasStream ? { ...selected, alone: contextAlone(selected) } : selected;
}

function contextAlone({ context, cluster, user }: Omit<SelectedContext, 'files'>): Secret {
  const alone = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: context, cluster }],
    users: [{ name: context, user }],
    contexts: [{ name: context, context: { cluster: context, user: context } }],
    'current-context': context,
  };
  return new Secret(JSON.stringify(alone));
}

function orThrow<T>(read: (findings: NautesError[]) => T | undefined): T {
  const findings: NautesError[] = [];
  const result = read(findings);
  const [first] = findings;
  if (first !== undefined) throw first;
  if (result === undefined) throw new Error('nothing was read and nothing found');
  return result;
}

const PATHS = ['certificate-authority', 'client-certificate', 'client-key', 'tokenFile'];

function withPathsFrom(directory: string, file: KubeconfigFile): KubeconfigFile {
  const resolved = (entries: ReadonlyMap<string, Entry>) =>
    new Map([...entries].map(([name, entry]) => [name, withPaths(entry, directory)]));
  return { ...file, clusters: resolved(file.clusters), users: resolved(file.users) };
}

function withPaths(entry: Entry, directory: string): Entry {
  const paths = PATHS.flatMap((field) => {
    const path = entry[field];
    return typeof path === 'string' && path !== '' ? [[field, resolve(directory, path)] as const] : [];
  });
  return { ...entry, ...Object.fromEntries(paths) };
}
