import { randomBytes } from 'node:crypto';
import { after, describe, it } from 'node:test';
import {
  CONTROL_PLANE_NOT_BUILT,
  type ControlPlane,
  controlPlaneBinaries,
  startControlPlane,
} from '../../../tools/controlplane/control-plane.ts';
import { Secret } from '../../base/secret.ts';
import { KubeClient, loopbackAddressPolicy, readKubeconfig } from '../../kube/index.ts';
import { wellKnown } from '../../kube-objects/resource-types.ts';
import type { ManagementCluster } from '../../management/index.ts';
import { describeStateContract, type StatePlace } from '../state.contract.ts';
import { describeStateCopyContract } from '../state-copy.contract.ts';
import { openState, PATIENCE_MILLISECONDS, stateDefinition } from './testing/management-place.ts';

const patience = (): AbortSignal => AbortSignal.timeout(PATIENCE_MILLISECONDS);

/** A control plane with the definition, as a client of its administrator. */
class RealManagement {
  readonly plane: ControlPlane;
  readonly client: KubeClient;

  private constructor(plane: ControlPlane, client: KubeClient) {
    this.plane = plane;
    this.client = client;
  }

  static async start(): Promise<RealManagement> {
    const plane = await startControlPlane();
    const { credential, findings } = readKubeconfig(new Secret(plane.adminKubeconfig));
    if (credential === undefined) throw findings[0] ?? new Error('no credential');
    const client = new KubeClient({ server: plane.server, ...credential, addresses: loopbackAddressPolicy });
    await client.apply(wellKnown.customResourceDefinition, (await stateDefinition()) as never, {}, patience());
    const path = '/apis/state.nautes.io/v1alpha1/clusterstates';
    while ((await client.raw({ method: 'GET', path }, patience())).status !== 200) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return new RealManagement(plane, client);
  }

  async place(): Promise<StatePlace> {
    const namespace = `state-${randomBytes(4).toString('hex')}`;
    const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
    await this.client.create(wellKnown.namespace, object, {}, patience());
    const management: ManagementCluster = {
      describe: this.plane.server,
      namespace,
      client: () => Promise.resolve(this.client),
      connection: () => Promise.reject(new Error('not used')),
      close: () => {},
    };
    return { open: () => openState(management), cleanUp: () => Promise.resolve() };
  }

  async stop(): Promise<void> {
    this.client.close();
    await this.plane.stop();
  }
}

if ((await controlPlaneBinaries()) === undefined) {
  describe('state in Kubernetes (real control plane)', () => {
    it('runs where a control plane is built', { skip: CONTROL_PLANE_NOT_BUILT });
  });
} else {
  const management = await RealManagement.start();
  after(() => management.stop());
  describeStateContract('Kubernetes (real control plane)', () => management.place());
  describeStateCopyContract('Kubernetes (real control plane)', () => management.place());
}
