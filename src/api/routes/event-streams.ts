import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Language } from '../../messages/text.ts';
import type { ClusterRegistry } from '../../registry/cluster-registry.ts';
import type { Reader } from '../events/open-streams.ts';
import { callOf } from '../http/call.ts';
import { textHeaders } from '../http/replies.ts';
import { languageOf } from '../http/route.ts';

/** The connection ends with the stream; nginx is told to pass on each event at once. */
const STREAM_HEADERS = { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no', connection: 'close' } as const;

export interface BegunStream {
  readonly response: ServerResponse;
  readonly reader: Reader;
  /** Of the texts. */
  readonly language: Language;
}

/** Makes the reply a stream of events: its headers are sent, and its deadline ends. */
export function beginStream(registry: ClusterRegistry, request: FastifyRequest, reply: FastifyReply): BegunStream {
  const call = callOf(request);
  const { caller, requestId } = call.context;
  call.becomesStream();
  const language = languageOf(request);
  const headers = { ...reply.getHeaders(), ...textHeaders(language), ...STREAM_HEADERS };
  reply.hijack();
  reply.raw.writeHead(200, headers as Record<string, string>);
  const authorize = (signal: AbortSignal): Promise<void> => registry.authorizeRead({ caller, requestId, signal });
  return { response: reply.raw, reader: { id: caller.id, authorize }, language };
}
