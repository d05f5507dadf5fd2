import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { buildConnector } from 'undici';
import { defined } from '../defined.ts';
import { type Proxy, type ProxyChoice, proxyName } from './proxy.ts';

/** The head of a proxy's answer is read up to this length. */
const MAXIMUM_ANSWER_BYTES = 16 * 1024;

/** What a proxy did instead of making a tunnel. */
export class ProxyFailure extends Error {
  /** `host:port`. */
  readonly proxy: string;
  /** What it answered; `undefined` when it was not reached, or is none. */
  readonly status: number | undefined;

  constructor(proxy: Proxy, status: number | undefined, options?: ErrorOptions) {
    super(`proxy ${proxyName(proxy)}: ${status === undefined ? 'not reached' : `status ${status}`}`, options);
    this.name = 'ProxyFailure';
    this.proxy = proxyName(proxy);
    this.status = status;
  }
}

export interface TunnelOptions {
  readonly choose: ProxyChoice;
  /** For the tunnel; what is inside has the limit of its own connector. */
  readonly timeoutMilliseconds: number;
  /** How the proxy's own name is resolved; by default as the system does it. */
  readonly lookup?: LookupFunction;
  /** Asked before a tunnel is made, since the proxy resolves the name; a problem ends the connection. */
  readonly admit?: (hostname: string) => Promise<Error | undefined>;
}

/** A connector of undici that goes through the proxy of an address, if it has one. */
export function throughProxy(direct: buildConnector.connector, options: TunnelOptions): buildConnector.connector {
  return (target, callback) => {
    const url = new URL(`${target.protocol}//${target.host ?? target.hostname}`);
    const proxy = options.choose(url);
    if (proxy === undefined) return direct(target, callback);
    void connectThrough(direct, openTunnel(proxy, target, options), target, callback);
  };
}

async function connectThrough(
  direct: buildConnector.connector,
  tunnel: Promise<Socket>,
  target: buildConnector.Options,
  callback: buildConnector.Callback,
): Promise<void> {
  const [opened] = await Promise.allSettled([tunnel]);
  if (opened.status === 'rejected') {
    const reason: unknown = opened.reason;
    return callback(reason instanceof Error ? reason : new Error(String(reason)), null);
  }
  if (target.protocol !== 'https:') return callback(null, opened.value);
  direct({ ...target, httpSocket: opened.value }, callback);
}

/** @throws ProxyFailure */
async function openTunnel(
  proxy: Proxy,
  { hostname, port, protocol }: buildConnector.Options,
  { timeoutMilliseconds, lookup, admit }: TunnelOptions,
): Promise<Socket> {
  const problem = await admit?.(hostname);
  if (problem !== undefined) throw problem;
  const host = isIP(hostname) === 6 ? `[${hostname}]` : hostname;
  const target = `${host}:${port || (protocol === 'https:' ? '443' : '80')}`;
  const place = { host: proxy.host, port: proxy.port, ...defined({ lookup }) };
  const socket =
    proxy.protocol === 'http:'
      ? connectTcp(place)
      : connectTls({
          ...place,
          minVersion: 'TLSv1.2',
          ...(isIP(proxy.host) === 0 ? { servername: proxy.host } : {}),
          ALPNProtocols: ['http/1.1'],
        });
  const timer = setTimeout(() => {
    socket.destroy(Object.assign(new Error('the proxy does not answer'), { code: 'ETIMEDOUT' }));
  }, timeoutMilliseconds);
  try {
    const authorization = proxy.authorization?.reveal();
    const headers = [`CONNECT ${target} HTTP/1.1`, `Host: ${target}`, 'User-Agent: nautes'];
    if (authorization !== undefined) headers.push(`Proxy-Authorization: ${authorization}`);
    socket.write(`${headers.join('\r\n')}\r\n\r\n`);
    const status = await statusOf(socket, proxy);
    if (status < 200 || status > 299) throw new ProxyFailure(proxy, status);
    return socket;
  } catch (error) {
    socket.on('error', () => {}).destroy();
    throw error instanceof ProxyFailure ? error : new ProxyFailure(proxy, undefined, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** The status of the answer to `CONNECT`; the socket stands behind it then. */
function statusOf(socket: Socket, proxy: Proxy): Promise<number> {
  return new Promise((resolve, reject) => {
    let head = Buffer.alloc(0);
    const onData = (chunk: Buffer): void => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0 && head.length <= MAXIMUM_ANSWER_BYTES) return;
      leave();
      socket.pause();
      const status = /^HTTP\/1\.[01] (\d{3})\b/.exec(head.toString('latin1', 0, 64))?.[1];
      if (status === undefined || end < 0) return reject(new ProxyFailure(proxy, undefined));
      if (head.length > end + 4) socket.unshift(head.subarray(end + 4));
      resolve(Number(status));
    };
    const onError = (error: Error): void => {
      leave();
      reject(error);
    };
    const onClose = (): void => onError(Object.assign(new Error('the proxy closed'), { code: 'ECONNRESET' }));
    const leave = (): void => {
      socket.off('data', onData).off('error', onError).off('close', onClose);
    };
    socket.on('data', onData).on('error', onError).on('close', onClose);
  });
}
