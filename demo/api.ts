import type { ClusterStatus } from '../src/resources/status.ts';
import type { Receipt } from '../src/resources/cluster/receipt.ts';

/** The few calls that the demo makes. */
export interface Api {
  post(path: string, body: unknown): Promise<Changed>;
  delete(path: string): Promise<Changed>;
  status(name: string): Promise<ClusterStatus>;
  receipt(name: string): Promise<Receipt>;
  /** The open response of an event stream. */
  stream(path: string): Promise<Response>;
}

export interface Changed {
  readonly message: string;
  readonly commit: string;
}

export function connectApi(url: string, token: string): Api {
  const send = async (method: string, path: string, body?: unknown): Promise<Response> => {
    const reply = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`);
    return reply;
  };
  const json = async (reply: Promise<Response>): Promise<unknown> => (await reply).json();
  return {
    post: async (path, body) => (await json(send('POST', path, body))) as Changed,
    delete: async (path) => (await json(send('DELETE', path))) as Changed,
    status: async (name) => (await json(send('GET', `/api/v1/clusters/${name}/status`))) as ClusterStatus,
    receipt: async (name) => (await json(send('GET', `/api/v1/clusters/${name}/receipt`))) as Receipt,
    stream: (path) => send('GET', path),
  };
}
