import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { userCacheDirectory } from '../../src/base/files/user-cache.ts';
import { isAccessible } from '../cache/user-cache.ts';
import { requiredVersion } from '../controlplane/binaries.ts';

/** The programs of a consumer of the cluster inventory, and its definition of ClusterProfile. */
export interface InventoryClient {
  /** Lists the namespaces of a cluster by its ClusterProfile: PROVIDER_FILE NAMESPACE NAME, with KUBECONFIG. */
  readonly client: string;
  /** The reference plugins by the names of their access providers. */
  readonly plugins: Readonly<Record<PluginName, string>>;
  /** YAML of the CustomResourceDefinition of ClusterProfile. */
  readonly definition: string;
}

export type PluginName = (typeof PLUGINS)[number];

/** What a test prints as the reason for skipping. */
export const INVENTORY_CLIENT_NOT_BUILT = 'inventory client not built: run make inventory-client';

/** The Go module with the client; only its go.mod names the version of the cluster inventory API. */
export const clientModule = join(import.meta.dirname, 'go');
export const inventoryApi = 'sigs.k8s.io/cluster-inventory-api';
export const PLUGINS = ['secretreader', 'kubeconfig-secretreader'] as const;
export const CLIENT = 'inventory-client';
export const DEFINITION = 'clusterprofiles.yaml';

/** Raised when the build changes without a change of the module. */
const BUILD_REVISION = '1';

/** The result of `make inventory-client`, or undefined before it. */
export async function inventoryClient(): Promise<InventoryClient | undefined> {
  const directory = await builtDirectory();
  const client = join(directory, CLIENT);
  if (!(await isAccessible(client, constants.X_OK))) return undefined;
  return {
    client,
    plugins: {
      secretreader: join(directory, 'secretreader'),
      'kubeconfig-secretreader': join(directory, 'kubeconfig-secretreader'),
    },
    definition: join(directory, DEFINITION),
  };
}

/** Where the build of this version for this platform belongs, whether or not it exists. */
export async function builtDirectory(): Promise<string> {
  const hash = createHash('sha256').update(BUILD_REVISION);
  for (const file of ['go.mod', 'go.sum', 'main.go']) hash.update(await readFile(join(clientModule, file)));
  const version = await requiredVersion(clientModule, inventoryApi);
  const key = `${version}-${process.platform}-${process.arch}-${hash.digest('hex').slice(0, 12)}`;
  return join(userCacheDirectory(), 'inventory-client', key);
}
