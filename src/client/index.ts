export { serverAddress } from './address.ts';
export { ApiRefusal, type Violation } from './api-refusal.ts';
export { type Followed, followEvents } from './event-stream.ts';
export { type CallOptions, ifMatch, NautesClient, type TokenSource } from './nautes-client.ts';
export { isOutcomeUnknown } from './outcome.ts';
export { Transport } from './transport.ts';
