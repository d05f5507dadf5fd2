import type { ClusterEvent } from '../src/resources/event.ts';
import type { Api } from './api.ts';
import { formatEvent } from './print.ts';

const PATIENCE_MILLISECONDS = 120_000;
/** Events that were printed already, so that following again goes on where it was. */
let lastId = 0;

/** Prints the events of all clusters as they come until one is the last. */
export async function followEvents(api: Api, isLast: (event: ClusterEvent) => boolean): Promise<void> {
  const started = Date.now();
  const reply = await api.stream(`/api/v1/events?after=${lastId}`);
  const timer = setTimeout(() => void reply.body?.cancel(), PATIENCE_MILLISECONDS);
  try {
    for await (const event of readEvents(reply)) {
      if (event.id <= lastId) continue;
      lastId = event.id;
      console.log(formatEvent(event, Date.now() - started));
      if (isLast(event)) return;
    }
    throw new Error('it took too long');
  } finally {
    clearTimeout(timer);
    await reply.body?.cancel().catch(() => {});
  }
}

async function* readEvents(reply: Response): AsyncGenerator<ClusterEvent> {
  let buffer = '';
  const decoder = new TextDecoder();
  for await (const chunk of reply.body ?? []) {
    buffer += decoder.decode(chunk as Uint8Array, { stream: true });
    const messages = buffer.split('\n\n');
    buffer = messages.pop() ?? '';
    for (const message of messages) {
      const data = message.split('\n').find((line) => line.startsWith('data:'));
      if (data !== undefined) yield JSON.parse(data.slice('data:'.length)) as ClusterEvent;
    }
  }
}
