export { serverAddress } from './address.ts';
export { ApiRefusal, isOutcomeUnknown, type Violation } from './api-refusal.ts';
export type { CallOptions, TokenSource } from './calls.ts';
export { type Followed, followEvents } from './event-stream.ts';
export { ifMatch, NautesClient } from './nautes-client.ts';
export { SMALL_REPLY_LIMITS } from './reply-limits.ts';
export { Transport } from './transport.ts';
