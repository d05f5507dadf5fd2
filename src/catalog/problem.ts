import { render } from '../messages/message.ts';
import type { Message } from '../messages/text.ts';

/** What is wrong with a part of a catalogue file. The reader of the file adds its name. */
export class CatalogProblem extends Error {
  readonly said: Message;

  constructor(said: Message, options?: ErrorOptions) {
    super(render(said, 'en'), options);
    this.said = said;
  }
}
