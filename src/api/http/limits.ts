/** Limits of the HTTP front door. Times are milliseconds. */
export interface ApiLimits {
  /** Largest request body that is read; kubeconfigs are at most 256 KiB, base64 and JSON escapes included it fits. */
  readonly bodyBytes: number;
  /** All request headers together, the request line included. */
  readonly headerBytes: number;
  readonly headerCount: number;
  /** From the connection's first byte to the end of the headers. */
  readonly headersTimeout: number;
  /** From the connection's first byte to the end of the body. */
  readonly requestTimeout: number;
  /** Idle time of a kept connection; longer than the 60 s that load balancers commonly use. */
  readonly keepAliveTimeout: number;
  /** From the headers to the answer; what is still running then is aborted. */
  readonly handlerDeadline: number;
  /** A connection on which nothing moves for so long is cut: a client that does not take its answer. */
  readonly stallTimeout: number;
  /** Looks at clusters that a caller may ask for in a minute. */
  readonly syncsPerMinute: number;
  readonly connections: number;
  /** Of one IPv4 address, or of one /64 network of IPv6: a part, so that others get in. */
  readonly connectionsPerAddress: number;
  /** Open event streams of all callers. */
  readonly eventStreams: number;
  readonly eventStreamsPerCaller: number;
  /** A comment goes to every idle stream this often, so that proxies keep it and dead peers are found. */
  readonly eventHeartbeat: number;
  /** A stream that accepts nothing for this long is closed. */
  readonly eventStall: number;
  /** A stream ends after this time; the client comes back with its token and `Last-Event-ID`. */
  readonly eventStreamAge: number;
}

export const defaultLimits: ApiLimits = {
  bodyBytes: 1024 * 1024,
  headerBytes: 16 * 1024,
  headerCount: 100,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 65_000,
  handlerDeadline: 60_000,
  stallTimeout: 90_000,
  syncsPerMinute: 600,
  connections: 10_000,
  connectionsPerAddress: 5_000,
  eventStreams: 4_000,
  eventStreamsPerCaller: 200,
  eventHeartbeat: 15_000,
  eventStall: 60_000,
  eventStreamAge: 30 * 60_000,
};
