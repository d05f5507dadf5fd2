/**
 * Opens streams of server-sent events and reads them, in a process of its own so that its processor time is not the
 * server's. `node stream-readers.ts URL COUNT TOKEN`; tells its parent when all are open, and at its end how many bytes came.
 */
import { Agent, get, type IncomingMessage } from 'node:http';

const [url = '', count = '1', token = ''] = process.argv.slice(2);
const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY });
let bytes = 0;

async function open(): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream' };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { agent, headers }, resolve).on('error', reject);
  });
  response.on('data', (chunk: Buffer) => (bytes += chunk.length));
  response.on('error', () => {});
}

await Promise.all(Array.from({ length: Number(count) }, open));
process.send?.({ open: Number(count) });
process.on('message', () => process.send?.({ bytes }, () => process.exit(0)));
