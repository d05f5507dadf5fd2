export { serverAddress } from './address.ts';
export { ApiRefusal, isOutcomeUnknown, type Violation } from './api-refusal.ts';
export { type Followed, followEvents } from './event-stream.ts';
export { type CallOptions, ifMatch, NautesClient, type TokenSource } from './nautes-client.ts';
export { Transport } from './transport.ts';
