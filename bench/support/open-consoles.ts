/**
 * Asks a server for what open consoles ask for, in a process of its own so that its processor time is not the server's.
 * Each reads all clusters, follows rows and events, and has the page of one cluster open, whose status it reads again when
 * an event is about it. `node open-consoles.ts URL COUNT TOKEN`; tells its parent when all are open.
 */
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { Fleet } from './fleet.ts';

const [url = '', count = '1', token = ''] = process.argv.slice(2);
const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY, keepAlive: true });
/** As the page of a cluster has it, in milliseconds. */
const READ_AGAIN = 150;

function ask(path: string, accept: string): Promise<IncomingMessage> {
  const headers = { authorization: `Bearer ${token}`, accept, 'accept-encoding': 'gzip' };
  return new Promise((resolve, reject) => {
    get(url + path, { agent, headers }, resolve).on('error', reject);
  });
}

async function read(path: string): Promise<void> {
  const response = await ask(path, 'application/json');
  await once(response.resume(), 'end');
}

async function open(number: number): Promise<void> {
  const name = Fleet.nameOf(number);
  await read('/api/v1/fleet');
  const [rows, events] = await Promise.all([
    ask('/api/v1/fleet', 'text/event-stream'),
    ask('/api/v1/events', 'text/event-stream'),
  ]);
  for (const response of [rows, events]) response.resume().on('error', () => {});
  let timer: NodeJS.Timeout | undefined;
  events.on('data', (chunk: Buffer) => {
    if (!chunk.includes(`"${name}"`)) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      read(`/api/v1/clusters/${name}/status`).catch(() => {});
    }, READ_AGAIN);
  });
}

await Promise.all(Array.from({ length: Number(count) }, (_, index) => open(index + 1)));
process.send?.({ open: Number(count) });
process.on('disconnect', () => process.exit(0));
