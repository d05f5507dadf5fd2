import { startControlPlane, startEtcd } from '../../../tools/controlplane/control-plane.ts';
import type { PublicationPlaces } from '../publication.contract.ts';

/** Real control planes that the suites of a file share: one to publish to, one that is published. */
export class RealPlaces implements AsyncDisposable {
  #started:
    | Promise<{ readonly places: Omit<PublicationPlaces, 'close'>; readonly resources: AsyncDisposableStack }>
    | undefined;

  /** The same two for every suite, which are not closed with it. */
  readonly open = async (): Promise<PublicationPlaces> => {
    this.#started ??= start();
    const { places } = await this.#started;
    return { ...places, close: () => Promise.resolve() };
  };

  /** The other way round, for a suite whose definitions are not those of the others. */
  readonly openSwapped = async (): Promise<PublicationPlaces> => {
    const { management, target, close } = await this.open();
    return { management: target, target: management, close };
  };

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#started)?.resources.disposeAsync();
  }
}

async function start() {
  await using starting = new AsyncDisposableStack();
  const etcd = starting.use(await startEtcd());
  const components = { controllerManager: false, kwok: false, scheduler: false };
  const [management, target] = await Promise.all(
    [0, 1].map(async () => starting.use(await startControlPlane({ etcd, ...components }))),
  );
  if (management === undefined || target === undefined) throw new Error('a control plane is missing');
  const asPlace = ({ server, adminKubeconfig }: typeof management) => ({ server, kubeconfig: adminKubeconfig });
  return { places: { management: asPlace(management), target: asPlace(target) }, resources: starting.move() };
}
