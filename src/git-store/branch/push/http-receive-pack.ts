import { readBoundedFileSync } from '../../../base/files/bounded-file.ts';
import { peerTrust } from '../../../base/tls/peer-trust.ts';
import { message } from '../../../messages/message.ts';
import { createSecureContext, type SecureContext } from 'node:tls';
import { Agent, buildConnector, type Dispatcher, request } from 'undici';
import { readPemCertificates, usualAuthorities } from '../../../base/tls/authorities.ts';
import { defined } from '../../../base/defined.ts';
import { causesOf } from '../../../base/network/network-failure.ts';
import type { Proxy } from '../../../base/network/proxy.ts';
import { ProxyFailure, throughProxy } from '../../../base/network/tunnel.ts';
import { networkProblem } from '../../../errors/network-problem.ts';
import { untilAborted } from '../../../base/async/timing.ts';
import { type HttpAnswer, linesOf, RemoteFailure } from '../remote/git-report.ts';
import type { GitCredentials } from '../remote/remote-access.ts';
import { RemoteRefuses } from './advertisement.ts';
import { ProtocolError } from './packets.ts';
import { type Push, type PushAnswer, PushConversation, type PushStep } from './push-conversation.ts';
import type { ReceivePack } from './receive-pack.ts';

const SERVICE = 'git-receive-pack';

/** Servers know Git by the beginning of this. */
const USER_AGENT = 'git/nautes';

const CONNECT_TIMEOUT_MILLISECONDS = 10_000;

/** A transfer that stands still for so long is given up; while hooks run, servers give a sign of life every 5 s. */
const STANDSTILL_MILLISECONDS = 20_000;

/** Connections are kept for the next push, unless the server says less. */
const KEEP_ALIVE_MILLISECONDS = 60_000;

/** Bytes that are read of a refusal, or after an answer so that its connection can be kept. */
const MAXIMUM_REST_BYTES = 64 * 1024;

export interface HttpReceivePackOptions {
  /** `http://` or `https://` of the repository. */
  readonly url: string;
  /** PEM file with the authorities to trust instead of the usual ones, read at each connection. */
  readonly authorityFile?: string | undefined;
  readonly proxy?: Proxy | undefined;
}

/** One request of a push. */
interface Question {
  readonly path: string;
  readonly answerType: string;
  readonly body?: Buffer;
}

/** Pushes over smart HTTP (gitprotocol-http): no redirects, verified certificates, connections that are kept. */
export class HttpReceivePack implements ReceivePack {
  readonly #url: string;
  readonly #agent: Agent;

  constructor({ url, authorityFile, proxy }: HttpReceivePackOptions) {
    this.#url = url.replace(/\/+$/, '');
    this.#agent = new Agent({
      allowH2: false,
      headersTimeout: STANDSTILL_MILLISECONDS,
      bodyTimeout: STANDSTILL_MILLISECONDS,
      keepAliveTimeout: KEEP_ALIVE_MILLISECONDS,
      connect: throughProxy(connectorWith(new TrustedFile(authorityFile)), {
        choose: () => proxy,
        timeoutMilliseconds: CONNECT_TIMEOUT_MILLISECONDS,
      }),
    });
  }

  async push(push: Push, credentials: GitCredentials | undefined, signal: AbortSignal): Promise<PushAnswer> {
    const conversation = new PushConversation(push);
    const ask = (question: Question) => this.#ask(conversation, question, credentials, signal);
    const first = await ask({ path: `info/refs?service=${SERVICE}`, answerType: `${SERVICE}-advertisement` });
    if (first.kind === 'end') return first.answer;
    const body = Buffer.concat(first.request);
    const last = await ask({ path: SERVICE, answerType: `${SERVICE}-result`, body });
    if (last.kind === 'end') return last.answer;
    throw conversation.failure(new ProtocolError(message('remote.noReport')));
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #ask(
    conversation: PushConversation,
    question: Question,
    credentials: GitCredentials | undefined,
    signal: AbortSignal,
  ): Promise<PushStep> {
    try {
      // undici looks at the signal once it is connected
      const response = await untilAborted(this.#send(question, credentials, signal), signal);
      const status = response.statusCode;
      if (status !== 200) {
        throw conversation.failure(undefined, { remote: await refusalLines(response), ...httpAnswer(response) });
      }
      return await follow(conversation, response, question);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof RemoteFailure) throw error;
      const speaksForItself = error instanceof ProtocolError || error instanceof RemoteRefuses;
      const proxyStatus = causesOf(error).find((link) => link instanceof ProxyFailure)?.status;
      const more = { problem: networkProblem(error), ...defined({ proxyStatus }) };
      throw conversation.failure(error, speaksForItself ? {} : more);
    }
  }

  #send(
    { path, answerType, body }: Question,
    credentials: GitCredentials | undefined,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    const headers = {
      'user-agent': USER_AGENT,
      accept: `application/x-${answerType}`,
      ...(credentials === undefined ? {} : { authorization: basic(credentials) }),
      ...(body === undefined ? {} : { 'content-type': `application/x-${SERVICE}-request` }),
    };
    const method = body === undefined ? 'GET' : 'POST';
    return request(`${this.#url}/${path}`, { dispatcher: this.#agent, method, headers, body: body ?? null, signal });
  }
}

function basic({ username, password }: GitCredentials): string {
  return `Basic ${Buffer.from(`${username}:${password.reveal()}`).toString('base64')}`;
}

/** Continues the conversation with what the response brings. */
async function follow(
  conversation: PushConversation,
  { body, headers }: Dispatcher.ResponseData,
  question: Question,
): Promise<PushStep> {
  const chunks: AsyncIterator<Buffer> = body[Symbol.asyncIterator]();
  try {
    if (headers['content-type'] !== `application/x-${question.answerType}`) {
      throw new ProtocolError(message('remote.answerNotGit'));
    }
    for (;;) {
      const { done, value } = await chunks.next();
      if (done === true) throw new ProtocolError(message('remote.answerCut'));
      const step = conversation.receive(value);
      if (step === undefined) continue;
      // After an advertisement nothing follows; after a report hooks may still run, which are not waited for.
      const rest = readRest(chunks);
      if (question.body === undefined) await rest;
      return step;
    }
  } catch (error) {
    body.on('error', () => {}).destroy(); // what ended it is known
    throw error;
  }
}

/** Reads on, so that the connection can be used again. */
async function readRest(chunks: AsyncIterator<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await chunks.next();
      if (done === true) break;
      size += value.length;
      parts.push(value);
      if (size > MAXIMUM_REST_BYTES) await chunks.return?.();
    }
  } catch {
    // Then the connection is not used again.
  }
  return Buffer.concat(parts);
}

/** A refusal in plain text is shown as it is, as git does. */
async function refusalLines({ body, headers }: Dispatcher.ResponseData): Promise<readonly string[]> {
  const content = await readRest(body[Symbol.asyncIterator]());
  if (!/^text\/plain\b/.test(String(headers['content-type'] ?? ''))) return [];
  return linesOf(content.toString('utf8'));
}

function httpAnswer({ statusCode: status, headers }: Dispatcher.ResponseData): HttpAnswer {
  const { location, 'retry-after': retryAfter } = headers;
  return {
    status,
    ...(typeof retryAfter === 'string' ? { retryAfter } : {}),
    ...(typeof location === 'string' ? { location } : {}),
  };
}

/** Of the certificates in a file. */
const MAXIMUM_AUTHORITY_BYTES = 1024 * 1024;

/** The authorities in a file, as git takes them from `http.sslCAInfo`: instead of the usual ones. */
class TrustedFile {
  readonly #file: string | undefined;
  #kept: { readonly text: string; readonly context: SecureContext } | undefined;

  constructor(file: string | undefined) {
    this.#file = file;
  }

  /** @throws Error when the file cannot be read */
  context(): SecureContext {
    // Once for a connection, and a connection serves many pushes: not worth a detour.
    const text =
      this.#file === undefined ? '' : readBoundedFileSync(this.#file, MAXIMUM_AUTHORITY_BYTES).toString('utf8');
    if (this.#kept?.text !== text) {
      const ca = this.#file === undefined ? usualAuthorities() : readPemCertificates(text);
      this.#kept = { text, context: createSecureContext(peerTrust(ca)) };
    }
    return this.#kept.context;
  }
}

function connectorWith(trusted: TrustedFile): buildConnector.connector {
  const plain = buildConnector({ timeout: CONNECT_TIMEOUT_MILLISECONDS });
  return (options, callback) => {
    if (options.protocol !== 'https:') return plain(options, callback);
    try {
      const secureContext = trusted.context();
      const tls = { secureContext, rejectUnauthorized: true, timeout: CONNECT_TIMEOUT_MILLISECONDS, allowH2: false };
      buildConnector(tls)(options, callback);
    } catch (error) {
      callback(error instanceof Error ? error : new Error(String(error)), null);
    }
  };
}
