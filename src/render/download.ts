import { networkProblem } from '../errors/network-problem.ts';
import { noProxy, type ProxyChoice } from '../base/network/proxy.ts';
import { throughProxy } from '../base/network/tunnel.ts';
import { peerTrust } from '../base/tls/peer-trust.ts';
import { isIP } from 'node:net';
import { Agent, buildConnector, type Dispatcher, request } from 'undici';
import { NautesError } from '../errors/errors.ts';
import { message } from '../messages/message.ts';
import type { Message } from '../messages/text.ts';
import { withDeadline } from '../base/async/timing.ts';
import { classifyAddress } from '../base/network/address-class.ts';
import { isLoopbackHost } from './mirror.ts';

/** Redirects that are followed for one download. */
export const MAXIMUM_REDIRECTS = 5;

export interface DownloadOptions {
  /** A larger body is rejected, also while it is streamed. */
  readonly maximumBytes: number;
  /** For the whole download. */
  readonly timeoutMilliseconds: number;
  /** PEM of every trusted authority; absent: those that Node trusts. */
  readonly certificateAuthorities?: string | readonly string[];
  /** Absent: never a proxy. */
  readonly proxy?: ProxyChoice;
}

const CONNECT_TIMEOUT_MILLISECONDS = 10_000;

/**
 * Downloads the body of a URL. The URL itself may be any, as the operator wrote it; redirects are followed
 * to https only, and from another machine never to a loopback, link-local or metadata address (SSRF: a publisher must
 * not make this server call its own services). Certificates are always verified.
 * @throws NautesError `SourceUnavailable`, `SourceInvalid` when it is too large; the signal's reason when it aborts
 */
export async function download(
  address: string,
  component: string,
  options: DownloadOptions,
  signal: AbortSignal,
): Promise<Buffer> {
  const deadline = withDeadline(signal, options.timeoutMilliseconds);
  const dispatcher = dispatcherFor(options);
  try {
    return await follow(new URL(address), component, options, dispatcher, deadline);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof NautesError) throw error;
    const problem = deadline.aborted ? message('SourceUnavailable.late') : networkProblem(error);
    throw new NautesError('SourceUnavailable', { component, problem }, { cause: error });
  } finally {
    await dispatcher.destroy();
  }
}

/** One connection pool per download: downloads are rare. */
function dispatcherFor({ certificateAuthorities, proxy: choose = noProxy }: DownloadOptions): Dispatcher {
  const connect = buildConnector({
    ...peerTrust(certificateAuthorities === undefined ? undefined : [certificateAuthorities].flat()),
    rejectUnauthorized: true,
    timeout: CONNECT_TIMEOUT_MILLISECONDS,
  });
  return new Agent({ connect: throughProxy(connect, { choose, timeoutMilliseconds: CONNECT_TIMEOUT_MILLISECONDS }) });
}

async function follow(
  first: URL,
  component: string,
  options: DownloadOptions,
  dispatcher: Dispatcher,
  signal: AbortSignal,
): Promise<Buffer> {
  let url = first;
  for (let redirects = 0; redirects <= MAXIMUM_REDIRECTS; redirects += 1) {
    const reply = await request(url, { signal, dispatcher });
    const target = reply.headers.location;
    if (reply.statusCode >= 300 && reply.statusCode < 400 && typeof target === 'string') {
      await reply.body.dump();
      url = redirectTarget(url, target, component);
      continue;
    }
    if (reply.statusCode !== 200) {
      await reply.body.dump();
      throw unavailable(component, message('SourceUnavailable.status', { status: reply.statusCode }));
    }
    return readLimited(reply.body, Number(reply.headers['content-length'] ?? 0), component, options.maximumBytes);
  }
  throw unavailable(component, message('SourceUnavailable.redirects'));
}

/** The target of a redirect, if it is allowed. @throws NautesError `SourceUnavailable` */
export function redirectTarget(from: URL, location: string, component: string): URL {
  if (!URL.canParse(location, from.href)) {
    throw unavailable(component, message('SourceUnavailable.redirectInvalid'));
  }
  const target = new URL(location, from);
  if (target.protocol !== 'https:') throw unavailable(component, message('SourceUnavailable.redirectInsecure'));
  if (!isLoopbackHost(from.hostname) && isOwnService(target.hostname)) {
    throw unavailable(component, message('SourceUnavailable.redirectInternal'));
  }
  return target;
}

/** Names are allowed, except `localhost`: the target must present a certificate for the name. */
function isOwnService(hostname: string): boolean {
  const address = hostname.replace(/^\[|\]$/g, '');
  if (isIP(address) === 0) return hostname === 'localhost';
  return !['public', 'private'].includes(classifyAddress(address));
}

async function readLimited(
  body: AsyncIterable<Buffer>,
  announced: number,
  component: string,
  maximumBytes: number,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  if (announced <= maximumBytes) {
    for await (const chunk of body) {
      size += chunk.length;
      if (size > maximumBytes) break;
      chunks.push(chunk);
    }
  }
  if (announced <= maximumBytes && size <= maximumBytes) return Buffer.concat(chunks);
  const problem = message('SourceInvalid.tooLarge', { maximum: maximumBytes });
  throw new NautesError('SourceInvalid', { component, problem });
}

function unavailable(component: string, problem: Message): NautesError {
  return new NautesError('SourceUnavailable', { component, problem });
}
