import { type Action, renderAction } from '../../messages/action.ts';
import { render } from '../../messages/message.ts';
import type { Language, Message, Params } from '../../messages/text.ts';

export interface MessageReply {
  readonly message: string;
  readonly messageId: string;
  readonly params: Params;
}

export interface RemedyReply {
  readonly remedy: string;
  readonly action?: Action;
}

/** A message in words and as data. */
export function messageReply(said: Message, language: Language): MessageReply {
  return { message: render(said, language), messageId: said.id, params: said.params };
}

/** What to do in the words of the API and as data. */
export function remedyReply(action: Action | undefined, language: Language): RemedyReply {
  if (action === undefined) return { remedy: '' };
  return { remedy: renderAction(action, 'api', language) ?? '', action };
}
