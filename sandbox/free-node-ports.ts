import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Within the node ports of a cluster, away from those of gateways (such as 30443 and 32443) and the assigned ones. */
const LOWEST_PORT = 30_500;
const HIGHEST_PORT = 32_000;
const ADDRESS = process.platform === 'linux' ? '127.0.1.1' : '127.0.0.1';

/**
 * The first of `count` node ports in a row that nobody on this machine listens at: a simulated host really opens those
 * of its virtual clusters, and tests run side by side. They are not reserved.
 */
export async function freeNodePorts(count: number): Promise<number> {
  for (;;) {
    const first = randomInt(LOWEST_PORT, HIGHEST_PORT - count);
    const ports = Array.from({ length: count }, (_, index) => first + index);
    const isFree = await Promise.all(ports.map(canListen));
    if (isFree.every(Boolean)) return first;
  }
}

async function canListen(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, ADDRESS);
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
