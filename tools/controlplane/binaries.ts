import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { userCacheDirectory } from '../../src/base/files/user-cache.ts';
import { isAccessible } from '../cache/user-cache.ts';

/** The programs of a control plane. Those that are optional may be missing in a folder given by KUBEBUILDER_ASSETS. */
export interface ControlPlaneBinaries {
  readonly directory: string;
  readonly etcd: string;
  readonly apiServer: string;
  readonly controllerManager: string | undefined;
  readonly scheduler: string | undefined;
  readonly kwok: KwokFiles | undefined;
}

/** kwok plays the kubelet: Pods on its nodes run without anything being executed. */
export interface KwokFiles {
  readonly program: string;
  /** Files that define how nodes and Pods start and stop. */
  readonly stages: readonly string[];
}

/** What a test prints as the reason for skipping. */
export const CONTROL_PLANE_NOT_BUILT = 'control plane not built: run make controlplane';

/** The Go modules that pin the built versions; only their go.mod names the versions. */
export const goModules = {
  kubernetes: join(import.meta.dirname, 'go/kubernetes'),
  etcd: join(import.meta.dirname, 'go/etcd'),
  kwok: join(import.meta.dirname, 'go/kwok'),
} as const;

export const STAGES_DIRECTORY = 'kwok-stages';

/** Raised when the build changes without a change of the modules. */
const BUILD_REVISION = '1';

/**
 * The programs to use: the folder named by KUBEBUILDER_ASSETS when it is set, else what `make controlplane` built.
 * Undefined when they are not built yet.
 * @throws Error when KUBEBUILDER_ASSETS is set and has no kube-apiserver or etcd
 */
export async function controlPlaneBinaries(): Promise<ControlPlaneBinaries | undefined> {
  const assets = assetsDirectory();
  if (assets === undefined) return binariesIn(await builtDirectory());
  const found = await binariesIn(assets);
  if (found === undefined) throw new Error(`KUBEBUILDER_ASSETS=${assets} has no kube-apiserver and etcd to execute`);
  return found;
}

/** Which components a control plane has; etcd and the API server always. */
export interface ComponentSelection {
  /**
   * Default of all three: true when the program is there, which it is unless KUBEBUILDER_ASSETS names a folder without
   * it. With `true` its absence is an error.
   */
  readonly controllerManager?: boolean;
  readonly scheduler?: boolean;
  /** Plays one node, on which every Pod becomes ready without running anything. */
  readonly kwok?: boolean;
}

/**
 * The programs of the selected components; those that are not to run are undefined.
 * @throws Error when they are not built, or one that is asked for is not in the folder given by KUBEBUILDER_ASSETS
 */
export async function selectPrograms(selection: ComponentSelection): Promise<ControlPlaneBinaries> {
  const binaries = await controlPlaneBinaries();
  if (binaries === undefined) throw new Error(CONTROL_PLANE_NOT_BUILT);
  const select = <T>(program: T | undefined, wanted: boolean | undefined, name: string): T | undefined => {
    if (wanted === true && program === undefined) throw new Error(`${binaries.directory} has no ${name}`);
    return wanted === false ? undefined : program;
  };
  return {
    ...binaries,
    controllerManager: select(binaries.controllerManager, selection.controllerManager, 'kube-controller-manager'),
    scheduler: select(binaries.scheduler, selection.scheduler, 'kube-scheduler'),
    kwok: select(binaries.kwok, selection.kwok, 'kwok with its stages'),
  };
}

/** The folder of programs that the user configured, as in controller-runtime's envtest. */
export function assetsDirectory(): string | undefined {
  const assets = process.env['KUBEBUILDER_ASSETS'];
  return assets === undefined || assets === '' ? undefined : assets;
}

/** The programs in the folder, or undefined when it lacks one that every control plane needs. */
export async function binariesIn(directory: string): Promise<ControlPlaneBinaries | undefined> {
  const [etcd, apiServer, controllerManager, scheduler, kwok] = await Promise.all(
    ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kwok'].map(async (name) => {
      const path = join(directory, name);
      return (await isAccessible(path, constants.X_OK)) ? path : undefined;
    }),
  );
  if (etcd === undefined || apiServer === undefined) return undefined;
  const stages = kwok === undefined ? [] : await stagesIn(join(directory, STAGES_DIRECTORY));
  return {
    directory,
    etcd,
    apiServer,
    controllerManager,
    scheduler,
    kwok: kwok === undefined || stages.length === 0 ? undefined : { program: kwok, stages },
  };
}

async function stagesIn(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => []);
  return names.map((name) => join(directory, name));
}

/** Where the build of these versions for this platform belongs, whether or not it exists. */
export async function builtDirectory(): Promise<string> {
  const hash = createHash('sha256').update(BUILD_REVISION);
  for (const module of Object.values(goModules)) {
    for (const file of ['go.mod', 'go.sum']) hash.update(await readFile(join(module, file)));
  }
  const version = await requiredVersion(goModules.kubernetes, 'k8s.io/kubernetes');
  const key = `${version}-${process.platform}-${process.arch}-${hash.digest('hex').slice(0, 12)}`;
  return join(userCacheDirectory(), 'controlplane', key);
}

/** The version of a package in the `require` lines of a module's go.mod, e.g. `v1.36.4`. */
export async function requiredVersion(module: string, name: string): Promise<string> {
  const text = await readFile(join(module, 'go.mod'), 'utf8');
  for (const line of text.split('\n')) {
    const words = line.trim().split(/\s+/);
    const at = words.indexOf(name);
    const version = words[at + 1];
    if (at >= 0 && at <= 1 && version?.startsWith('v')) return version;
  }
  throw new Error(`${join(module, 'go.mod')} does not require ${name}`);
}
