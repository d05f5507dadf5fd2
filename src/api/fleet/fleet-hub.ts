import type { ServerResponse } from 'node:http';
import type { Language } from '../../messages/text.ts';
import type { FleetReader } from '../../registry/fleet/fleet.ts';
import type { OpenStreams, Reader } from '../events/open-streams.ts';
import { FleetStream } from './fleet-stream.ts';
import { FleetTexts } from './fleet-texts.ts';

/** All clients that follow the rows: one subscription and, for each change and language, one text for all. */
export class FleetHub {
  readonly texts: FleetTexts;
  readonly #fleet: FleetReader;
  readonly #open: OpenStreams;
  readonly #streams = new Set<FleetStream>();
  #stop: (() => void) | undefined;

  constructor(fleet: FleetReader, open: OpenStreams) {
    this.#fleet = fleet;
    this.#open = open;
    this.texts = new FleetTexts(fleet);
  }

  /** Serves the stream until the client goes or may read no longer. The headers are sent already. */
  serve(
    response: ServerResponse,
    reader: Reader,
    options: { readonly language: Language; readonly after: string },
  ): void {
    const stream = new FleetStream(response, { fleet: this.#fleet, texts: this.texts, language: options.language });
    this.#streams.add(stream);
    this.#stop ??= this.#start();
    response.once('close', () => this.#remove(stream));
    this.#open.add(response, reader, stream);
    stream.start(options.after);
  }

  #start(): () => void {
    let before = this.#fleet.revision;
    return this.#fleet.onChange((names) => {
      const texts = new Map<Language, string>();
      for (const stream of this.#streams) {
        const text = texts.get(stream.language) ?? this.texts.rowsEvent(names, stream.language);
        texts.set(stream.language, text);
        stream.offer(before, text);
      }
      before = this.#fleet.revision;
    });
  }

  #remove(stream: FleetStream): void {
    this.#streams.delete(stream);
    if (this.#streams.size > 0) return;
    this.#stop?.();
    this.#stop = undefined;
  }
}
