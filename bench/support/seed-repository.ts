import { run, type RunResult } from '../../src/base/programs/process.ts';
import { Kustomization } from '../../src/git-store/head/kustomization.ts';
import type { Cluster } from '../../src/resources/cluster/cluster.ts';
import { clusterFiles } from '../../src/resources/cluster/cluster-files.ts';
import { MAIN_BRANCH, filePath } from '../../src/resources/repository-layout.ts';

/** A person's git, without the configuration of this machine. */
const gitEnvironment: Readonly<Record<string, string | undefined>> = {
  PATH: process.env['PATH'],
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'Benchmark',
  GIT_AUTHOR_EMAIL: 'benchmark@example.org',
  GIT_COMMITTER_NAME: 'Benchmark',
  GIT_COMMITTER_EMAIL: 'benchmark@example.org',
};

/** Runs git; a code other than 0 is a result. */
export function git(directory: string, args: readonly string[], input?: string): Promise<RunResult> {
  return run('git', args, { directory, environment: gitEnvironment, ...(input === undefined ? {} : { input }) });
}

/** Runs git to success. */
export async function gitOutput(directory: string, args: readonly string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await git(directory, args, input);
  if (code !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout.toString();
}

/** Makes a bare repository whose `main` has one commit with that many clusters. */
export async function seedRepository(parent: string, name: string, clusters: number): Promise<string> {
  await gitOutput(parent, ['init', '--quiet', '--bare', `--initial-branch=${MAIN_BRANCH}`, '--template=', name]);
  const repository = `${parent}/${name}`;
  const names = Array.from({ length: clusters }, (_, index) => `seeded-${String(index).padStart(5, '0')}`);
  const files = names.map((cluster, index): [string, string] => [
    filePath(clusterFiles, cluster),
    clusterFiles.encode(seededCluster(cluster, index), { namespace: 'nautes' }),
  ]);
  const listed = names.map((each) => clusterFiles.fileOf(each));
  files.push([
    `${clusterFiles.directory}/kustomization.yaml`,
    Kustomization.from(undefined, listed, () => false).content.toString(),
  ]);
  const commands = files.map(([path, text]) => `M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`);
  const header = `commit refs/heads/${MAIN_BRANCH}\ncommitter Benchmark <benchmark@example.org> 1700000000 +0000\ndata 4\nSeed\n`;
  await gitOutput(repository, ['fast-import', '--quiet'], header + commands.join(''));
  return repository;
}

/** A worker as a save writes it, at an address that nothing is ever asked of. */
export function seededCluster(name: string, index: number): Cluster {
  const address = `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
  const component = (chosen: string, namespace: string, additions: Readonly<Record<string, string>> = {}) => ({
    name: chosen,
    namespace,
    additions,
  });
  return {
    name,
    incarnation: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    credentialVersion: index.toString(16).padStart(40, '0'),
    spec: {
      apiServer: `https://${address}:6443`,
      clusterKind: 'kubernetes',
      clusterType: 'physical',
      usage: 'worker',
      workerType: 'deployment',
      primaryDomain: `${address}.nip.io`,
      components: {
        multiTenant: component('hnc', 'hnc-system', { ProductResourcePathPattern: '', SyncResourceTypes: '' }),
        secretSync: component('external-secrets', 'external-secrets'),
        deployment: component('argocd', 'argocd', { host: `argocd.${name}.${address}.nip.io` }),
        progressiveDelivery: component('argo-rollouts', 'argo-rollouts'),
        secretManagement: component('vault', 'vault'),
      },
      reservedNamespacesAllowedProducts: {},
      productAllowedClusterResources: {},
    },
  };
}
