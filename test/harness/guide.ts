import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TargetCluster } from './target-cluster.ts';

const GUIDE = join(import.meta.dirname, '../../../shared/seed/register-runtime-cluster.zh.md');
const ADDRESS = '8.217.50.114';

/** The requests of the user guide that can be sent: those whose placeholders are filled in. */
export interface GuideRequests {
  readonly unavailable: string | undefined;
  /** The body of the request for a cluster of that name, as printed, with our address and kubeconfig in it. */
  body(name: string, cluster: TargetCluster): string;
  /** Names of the clusters in the order in which the guide saves them. */
  readonly saved: readonly string[];
  /** Names of the clusters in the order in which the guide deletes them. */
  readonly deleted: readonly string[];
}

export async function guideRequests(): Promise<GuideRequests> {
  const text = await readFile(GUIDE, 'utf8').catch(() => '');
  const saves = [...text.matchAll(/\/api\/v1\/clusters\/(cluster-[a-z]+)'[^{]*?-d '(\{.*?\n\s*\})'/gs)];
  const deletions = [...text.matchAll(/'DELETE' \\\s+'[^']*\/api\/v1\/clusters\/(cluster-[a-z]+)'/g)];
  const bodies = new Map(saves.map(([, name = '', body = '']) => [name, body]));
  return {
    unavailable: text === '' ? 'the user guide is not there (../shared/seed)' : undefined,
    body: (name, cluster) => filledIn(bodies.get(name) ?? '', cluster),
    saved: [...bodies.keys()],
    deleted: deletions.map(([, name = '']) => name),
  };
}

function filledIn(body: string, { server, kubeconfig }: TargetCluster): string {
  return body
    .replace(`https://${ADDRESS}:6443`, server)
    .replaceAll(ADDRESS, new URL(server).hostname)
    .replace(/("kubeconfig": \| ?\n)( +).*?(?=\n *\})/s, (_match, key: string, indentation: string) => {
      return key + kubeconfig.trimEnd().replaceAll(/^/gm, indentation);
    });
}
