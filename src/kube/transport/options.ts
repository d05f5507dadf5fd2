import type { Secret } from '../../base/secret.ts';
import type { CredentialMaterial } from '../../resources/credential.ts';
import type { AddressPolicy } from './address.ts';
import type { AnswerBudget } from './answer-budget.ts';
import { MAXIMUM_OBJECT_BYTES } from './answer-limits.ts';
import { CIRCUIT_MAXIMUM_PAUSE_MILLISECONDS } from './circuit-breaker.ts';
import type { TlsSessions } from './tls-sessions.ts';

/** Limits of the traffic with one cluster. Times in milliseconds. */
export interface TransportLimits {
  /** TCP and TLS together. */
  readonly connectTimeout: number;
  /** From the request to the headers of the answer; admission webhooks may take 30 s. */
  readonly headersTimeout: number;
  /** Between two parts of a body. */
  readonly bodyTimeout: number;
  /** A whole request. */
  readonly requestTimeout: number;
  /** Bytes of an answer, unless its request says fewer. */
  readonly maximumResponse: number;
  /** Bytes of all answers within `TRAFFIC_WINDOW_MILLISECONDS`. */
  readonly maximumTraffic: number;
  /** Requests at a time; a real API server gains nothing above. */
  readonly concurrency: number;
  /** Connections and what belongs to them are given up after so long without a request. */
  readonly idleTimeout: number;
  /** The longest pause before a server that did not answer several times is asked again. */
  readonly longestPause: number;
}

export const defaultTransportLimits: TransportLimits = {
  connectTimeout: 10_000,
  headersTimeout: 40_000,
  bodyTimeout: 30_000,
  requestTimeout: 60_000,
  maximumResponse: MAXIMUM_OBJECT_BYTES,
  maximumTraffic: 256 * 1024 * 1024,
  concurrency: 6,
  idleTimeout: 3_000,
  longestPause: CIRCUIT_MAXIMUM_PAUSE_MILLISECONDS,
};

export interface TransportOptions {
  /** `https://host[:port][/path]` as `parseApiServer` gives it. */
  readonly server: string;
  /** PEM; empty for those of the address policy, else Node's. */
  readonly certificateAuthority: string;
  /** Name to verify the server's certificate against, when it is not the host. */
  readonly tlsServerName?: string;
  /** Without one, requests are anonymous. */
  readonly material: Secret<CredentialMaterial> | undefined;
  readonly addresses: AddressPolicy;
  readonly limits?: Partial<TransportLimits>;
  /** Shared with other peers; default: that of all clusters that are registered. */
  readonly answers?: AnswerBudget;
  /** What is kept of the server's TLS sessions when its connections end. Default: nothing is. */
  readonly sessions?: TlsSessions;
  /** Asked before each request is sent; what it throws is what the request ends with. */
  readonly admit?: () => void;
  /** Awaited when an answer is there, before it is handed on. */
  readonly turn?: () => Promise<void>;
  /** What the API server logs of us; asked before each request. Default: `nautes`. */
  readonly userAgent?: () => string;
}
