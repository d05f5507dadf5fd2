import { chooseAccess, clientFor } from '../contexts/connect.ts';
import { contextFile, readContexts } from '../contexts/context-file.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { readKubeconfigs } from '../kubeconfig/select.ts';
import type { DynamicValues } from './candidates.ts';

/** Somebody is waiting with a finger on the key. */
const ANSWER_LIMIT = 1_000;
/** More names are of no use to who completes one. */
const MAXIMUM_VALUES = 10_000;

/** Values from the server and from files of this user; nothing where they cannot be had. */
export function dynamicValues(invocation: Invocation): DynamicValues {
  const { environment } = invocation;
  const orNothing = async (read: () => Promise<readonly string[]>): Promise<readonly string[]> => {
    try {
      return await read();
    } catch {
      return [];
    }
  };
  return {
    clusters: () =>
      orNothing(async () => {
        const signal = AbortSignal.timeout(ANSWER_LIMIT);
        const client = clientFor(await chooseAccess({}, environment, signal), invocation);
        try {
          const { items, unregistered = [] } = await client.clusterList({ signal });
          return [...items, ...unregistered]
            .slice(0, MAXIMUM_VALUES)
            .map(({ name }) => name)
            .sort();
        } finally {
          client.close();
        }
      }),
    contexts: () =>
      orNothing(async () => (await readContexts(contextFile(environment))).contexts.map(({ name }) => name)),
    kubeconfigContexts: (file) =>
      orNothing(async () => [...(await readKubeconfigs(file, environment)).entries.contexts.keys()]),
  };
}
