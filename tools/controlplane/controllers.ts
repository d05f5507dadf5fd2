import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ApiServer } from './api-server.ts';
import type { ControlPlaneBinaries } from './binaries.ts';
import { controllerManagerArguments, fakeNode, kwokArguments, schedulerArguments } from './components.ts';
import type { ControlPlanePki } from './pki.ts';
import { waitUntil } from './startup.ts';
import { SupervisedProcess } from './supervised-process.ts';

/** What the controllers need of the control plane that they belong to. */
export interface ControllerEnvironment {
  readonly directory: string;
  readonly address: string;
  readonly pki: ControlPlanePki;
  readonly apiServer: ApiServer;
  /** Takes charge of the processes, also when the start fails. */
  readonly resources: AsyncDisposableStack;
}

const NODE_NAME = 'node-1';

/** Starts those of controller manager, scheduler and kwok that are given; resolves when their first work is done. */
export async function startControllers(
  { controllerManager, scheduler, kwok }: ControlPlaneBinaries,
  environment: ControllerEnvironment,
  signal?: AbortSignal,
): Promise<SupervisedProcess[]> {
  const processes: SupervisedProcess[] = [];
  const start = async (name: string, program: string, args: (kubeconfigFile: string) => string[]) => {
    processes.push(await startController(environment, name, program, args));
  };
  if (kwok !== undefined) {
    await createNode(environment);
    await start('kwok', kwok.program, (file) => kwokArguments(file, kwok.stages));
  }
  if (controllerManager !== undefined) {
    await start('kube-controller-manager', controllerManager, (file) =>
      controllerManagerArguments(file, environment.pki, environment.directory),
    );
  }
  if (scheduler !== undefined) await start('kube-scheduler', scheduler, schedulerArguments);
  const until = (what: string, condition: (apiServer: ApiServer) => Promise<boolean>) =>
    waitUntil(what, () => condition(environment.apiServer), { signal, processes });
  if (kwok !== undefined) await until(`${NODE_NAME} to be ready`, nodeIsReady);
  if (controllerManager !== undefined) await until('the first service account', serviceAccountExists);
  // A new node carries a taint until the controller manager has seen that it is ready.
  if (kwok !== undefined && controllerManager !== undefined) await until(`${NODE_NAME} to take Pods`, nodeTakesPods);
  return processes;
}

async function startController(
  environment: ControllerEnvironment,
  name: string,
  program: string,
  args: (kubeconfigFile: string) => string[],
): Promise<SupervisedProcess> {
  const kubeconfigFile = join(environment.directory, `${name}.kubeconfig`);
  const kubeconfig = environment.apiServer.kubeconfigFor(
    { user: `system:${name}`, groups: ['system:masters'] },
    environment.pki.servingAuthorities,
  );
  await writeFile(kubeconfigFile, kubeconfig, { mode: 0o600 });
  const started = await SupervisedProcess.start({
    name,
    program,
    args: args(kubeconfigFile),
    logFile: join(environment.directory, `${name}.log`),
  });
  return environment.resources.adopt(started, (process) => process.kill());
}

async function createNode({ apiServer, address }: ControllerEnvironment): Promise<void> {
  const reply = await apiServer.request('POST', '/api/v1/nodes', fakeNode(NODE_NAME, address));
  if (reply.status !== 201) throw new Error(`the node was not created: ${reply.status} ${reply.text}`);
}

async function serviceAccountExists(apiServer: ApiServer): Promise<boolean> {
  return (await apiServer.request('GET', '/api/v1/namespaces/default/serviceaccounts/default')).status === 200;
}

interface Node {
  readonly spec?: { readonly taints?: readonly unknown[] };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

async function nodeIsReady(apiServer: ApiServer): Promise<boolean> {
  const conditions = (await readNode(apiServer))?.status?.conditions ?? [];
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

async function nodeTakesPods(apiServer: ApiServer): Promise<boolean> {
  const node = await readNode(apiServer);
  return node !== undefined && (node.spec?.taints ?? []).length === 0;
}

async function readNode(apiServer: ApiServer): Promise<Node | undefined> {
  const reply = await apiServer.request('GET', `/api/v1/nodes/${NODE_NAME}`);
  return reply.status === 200 ? (JSON.parse(reply.text) as Node) : undefined;
}
