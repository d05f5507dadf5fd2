import { NautesError } from '../errors/errors.ts';
import type { AddressPolicy } from '../kube/index.ts';
import type { ManagementCluster } from './management-cluster.ts';
import { type ManagementAccess, openReloadingCluster } from './reloading-cluster.ts';

/** How long finding the credential of the registered cluster may take. */
const READ_MILLISECONDS = 10_000;

export interface RegisteredClusterOptions {
  /** Its name. */
  readonly cluster: string;
  readonly namespace: string;
  /** The credential in use, and where it is presented. @throws NautesError while there is none */
  readonly read: (signal: AbortSignal) => Promise<ManagementAccess>;
  /** Which addresses registered clusters may have. */
  readonly addresses: AddressPolicy;
}

/**
 * One of the registered clusters as the management cluster, with the account that this installation has there. It may be
 * registered later than it is named.
 */
export function openRegisteredCluster(options: RegisteredClusterOptions): ManagementCluster {
  const { cluster, namespace } = options;
  const registered = new RegisteredCluster(options);
  const connection: ManagementCluster['connection'] = async (signal) => (await registered.opened()).connection(signal);
  return {
    describe: `${cluster} (management.cluster)`,
    namespace,
    connection,
    client: async (signal) => (await connection(signal)).client,
    close: () => registered.close(),
  };
}

class RegisteredCluster {
  readonly #options: RegisteredClusterOptions;
  #opening: Promise<ManagementCluster> | undefined;
  #opened: ManagementCluster | undefined;
  #isClosed = false;

  constructor(options: RegisteredClusterOptions) {
    this.#options = options;
  }

  async opened(): Promise<ManagementCluster> {
    if (this.#isClosed) throw new NautesError('ClusterConnectionClosed');
    if (this.#opened !== undefined) return this.#opened;
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined;
    });
    return await this.#opening;
  }

  close(): void {
    this.#isClosed = true;
    this.#opened?.close();
  }

  async #open(): Promise<ManagementCluster> {
    const { namespace, read, addresses } = this.#options;
    const opened = await openReloadingCluster({
      key: 'management.cluster',
      namespace,
      addresses,
      read: () => read(AbortSignal.timeout(READ_MILLISECONDS)),
    });
    if (this.#isClosed) opened.close();
    this.#opened = opened;
    return opened;
  }
}
