import type { View } from '../../contract/views.ts';
import { isErrorReason } from '../../errors/errors.ts';
import { actionAbout } from '../../messages/action.ts';
import { errorCatalogue } from '../../messages/errors/index.ts';
import { render } from '../../messages/message.ts';
import type { Language, Message } from '../../messages/text.ts';
import { remedyReply } from './message-reply.ts';

type Parts = View<'server'>['parts'];

/** The parts of a readiness with what is wrong with those that are not ok, and what to do about it. */
export function readinessParts(
  {
    checks,
    reasons,
    said = {},
  }: Pick<View<'readiness'>, 'checks' | 'reasons'> & { readonly said?: Readonly<Record<string, Message>> },
  language: Language,
): Parts {
  return Object.entries(checks).map(([name, state]) => {
    const reason = reasons[name] ?? '';
    const text = said[name];
    const message = text === undefined ? {} : { message: render(text, language) };
    return { name, state: state as Parts[number]['state'], reason, ...message, ...remedyFor(reason, language) };
  });
}

/** What the catalogue says of the reason, as far as it speaks of no particular. */
function remedyFor(reason: string, language: Language) {
  if (!isErrorReason(reason)) return remedyReply(undefined, language);
  const entry = errorCatalogue[reason];
  const reply = remedyReply('action' in entry ? actionAbout(entry.action, {}) : undefined, language);
  return /\{\w+/.test(reply.remedy) ? { remedy: '' } : reply;
}
