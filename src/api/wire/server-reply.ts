import type { View } from '../../contract/views.ts';
import { isErrorReason } from '../../errors/errors.ts';
import { actionAbout } from '../../messages/action.ts';
import { errorCatalogue } from '../../messages/errors/index.ts';
import type { Language } from '../../messages/text.ts';
import { remedyReply } from './message-reply.ts';

type Parts = View<'server'>['parts'];

/** The parts of a readiness with what to do about those that are not ok. */
export function readinessParts(
  { checks, reasons }: Pick<View<'readiness'>, 'checks' | 'reasons'>,
  language: Language,
): Parts {
  return Object.entries(checks).map(([name, state]) => {
    const reason = reasons[name] ?? '';
    return { name, state: state as Parts[number]['state'], reason, ...remedyFor(reason, language) };
  });
}

/** What the catalogue says of the reason, as far as it speaks of no particular. */
function remedyFor(reason: string, language: Language) {
  if (!isErrorReason(reason)) return remedyReply(undefined, language);
  const entry = errorCatalogue[reason];
  const reply = remedyReply('action' in entry ? actionAbout(entry.action, {}) : undefined, language);
  return /\{\w+/.test(reply.remedy) ? { remedy: '' } : reply;
}
