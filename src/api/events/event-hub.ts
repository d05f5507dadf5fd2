import type { Language } from '../../messages/text.ts';
import type { ServerResponse } from 'node:http';
import type { Logger } from '../../base/logger.ts';
import type { EventLog } from '../../state/index.ts';
import { EventStream, eventText, type StreamOptions } from './event-stream.ts';
import type { OpenStreams, Reader } from './open-streams.ts';

/**
 * All clients that follow events. They share one subscription and, for each event and language, one serialised text, so
 * that an idle client costs its socket and little more.
 */
export class EventHub {
  readonly #log: EventLog;
  readonly #open: OpenStreams;
  readonly #logger: Logger;
  readonly #streams = new Set<EventStream>();
  #stop: (() => void) | undefined;

  constructor(log: EventLog, open: OpenStreams, logger: Logger) {
    this.#log = log;
    this.#open = open;
    this.#logger = logger;
  }

  /** Serves the stream until the client goes or may read no longer. The headers are sent already. */
  async serve(response: ServerResponse, reader: Reader, options: StreamOptions): Promise<void> {
    const stream = new EventStream(response, this.#log, options);
    this.#streams.add(stream);
    response.once('close', () => this.#remove(stream));
    this.#stop ??= this.#start();
    this.#open.add(response, reader, stream);
    try {
      await stream.start(options.after);
    } catch (error) {
      this.#logger.error({ error }, 'events could not be read');
      stream.destroy();
    }
  }

  #start(): () => void {
    return this.#log.onEvent((event) => {
      const texts = new Map<Language, string>();
      for (const stream of this.#streams) {
        const text = texts.get(stream.language) ?? eventText(event, stream.language);
        texts.set(stream.language, text);
        stream.offer(event, text);
      }
    });
  }

  #remove(stream: EventStream): void {
    this.#streams.delete(stream);
    if (this.#streams.size > 0) return;
    this.#stop?.();
    this.#stop = undefined;
  }
}
