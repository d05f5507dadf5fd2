import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below the ports that systems give to outgoing connections and to listeners on port 0, and below the node ports:
 * between the check and its use only another control plane takes such a port.
 */
const LOWEST_PORT = 18_000;
const HIGHEST_PORT = 29_999;
const ATTEMPTS = 100;

/** A free TCP port of the address. It is not reserved: be ready to try another. */
export async function freePort(address: string): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = randomInt(LOWEST_PORT, HIGHEST_PORT + 1);
    if (await canListen(address, port)) return port;
  }
  throw new Error(`no free port found on ${address} after ${ATTEMPTS} attempts`);
}

/** Node ports apart from those of gateways (such as 30443 and 32443) and the assigned ones. */
const LOWEST_NODE_PORT = 30_500;
const HIGHEST_NODE_PORT = 32_000;
/** Where simulated hosts open the node ports of their virtual clusters. */
const NODE_ADDRESS = process.platform === 'linux' ? '127.0.1.1' : '127.0.0.1';

/** The first of `count` free node ports in a row on this machine. They are not reserved. */
export async function freeNodePorts(count: number): Promise<number> {
  for (;;) {
    const first = randomInt(LOWEST_NODE_PORT, HIGHEST_NODE_PORT - count);
    const ports = Array.from({ length: count }, (_, index) => first + index);
    const isFree = await Promise.all(ports.map((port) => canListen(NODE_ADDRESS, port)));
    if (isFree.every(Boolean)) return first;
  }
}

async function canListen(address: string, port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, address);
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
