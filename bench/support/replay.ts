/**
 * A client without any logic: sends recorded requests again, to clusters that are as new as those were. The requests of
 * a cluster go in their order, each as soon as as many are answered as when it came first; so many clusters at a time as
 * our server works on. Arguments: the recording, the directory of the tokens, and how many clusters at a time.
 * Writes one line of JSON.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Agent } from 'undici';
import { parseYaml } from '../../src/base/yaml.ts';
import { type RecordedRequest, readRecording } from './recording.ts';

/** As many connections to a cluster as our transport has. */
const CONNECTIONS = 6;

export interface ReplayResult {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly requests: number;
  /** Answers with another status than the first time. */
  readonly different: number;
}

interface Target {
  readonly origin: string;
  readonly token: string;
  readonly certificateAuthority: string;
}

interface TokenFile {
  readonly clusters: readonly { cluster: { server: string; 'certificate-authority-data': string } }[];
  readonly users: readonly { user: { token: string } }[];
}

async function targetOf(directory: string, cluster: number): Promise<Target> {
  const file = parseYaml(await readFile(join(directory, `cluster-${cluster}.token`), 'utf8')) as TokenFile;
  const [server, user] = [file.clusters[0]?.cluster, file.users[0]?.user];
  if (server === undefined || user === undefined) throw new Error(`no target for cluster ${cluster}`);
  const certificateAuthority = Buffer.from(server['certificate-authority-data'], 'base64').toString();
  return { origin: server.server, token: user.token, certificateAuthority };
}

/** Sends the requests of one cluster. Resolves with the number of answers that differ. */
async function replayCluster(
  requests: readonly RecordedRequest[],
  bodies: readonly Buffer[],
  { origin, token, certificateAuthority }: Target,
): Promise<number> {
  const agent = new Agent({ allowH2: false, connections: CONNECTIONS, connect: { ca: certificateAuthority } });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let next = 0;
  let answered = 0;
  let different = 0;
  const send = async (recorded: RecordedRequest): Promise<void> => {
    const { statusCode, body } = await agent.request({
      origin,
      method: recorded.method,
      path: recorded.path,
      headers: {
        authorization: `Bearer ${token}`,
        accept: recorded.accept,
        ...(recorded.contentType === '' ? {} : { 'content-type': recorded.contentType }),
      },
      body: bodies[recorded.body] ?? null,
    });
    for await (const _ of body as AsyncIterable<Uint8Array>); // to the end
    if (statusCode !== recorded.status) different += 1;
    answered += 1;
    proceed();
  };
  const proceed = (): void => {
    for (let request = requests[next]; request !== undefined && request.after <= answered; request = requests[next]) {
      next += 1;
      send(request).catch(reject);
    }
    if (answered === requests.length) resolve();
  };
  proceed();
  await promise;
  await agent.destroy();
  return different;
}

const [file = '', directory = '', clustersAtATime = '1'] = process.argv.slice(2);
const { bodies, requests } = await readRecording(file);
const byCluster = [...Map.groupBy(requests, ({ cluster }) => cluster)];
const targets = new Map<number, Target>();
for (const [cluster] of byCluster) targets.set(cluster, await targetOf(directory, cluster));

const before = process.cpuUsage();
const started = performance.now();
let different = 0;
const worker = async (): Promise<void> => {
  for (let item = byCluster.shift(); item !== undefined; item = byCluster.shift()) {
    const [cluster, own] = item;
    const target = targets.get(cluster);
    if (target !== undefined) different += await replayCluster(own, bodies, target);
  }
};
await Promise.all(Array.from({ length: Number(clustersAtATime) }, worker));
const seconds = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage(before);
const result: ReplayResult = { seconds, cpuSeconds: (user + system) / 1e6, requests: requests.length, different };
process.stdout.write(`${JSON.stringify(result)}\n`);
