import { message } from '../../messages/message.ts';
import { text as documentText } from '../document-field.ts';
import { type FieldType, mustBe } from '../field.ts';
import { asOptionalText, isMembers } from '../fields/values.ts';
import { MAXIMUM_PAUSE_REASON, type Pause, readTime } from './pause.ts';

const wanted = message('wanted.pause', { maximum: MAXIMUM_PAUSE_REASON });
const KEYS: readonly string[] = ['by', 'since', 'until', 'reason'];

const text = (description: string) => ({ type: 'string', description });

/** A pause: one annotation of the file, which people can write as `true` or as a JSON object of what they want to say. */
export const pauseField: FieldType<Pause, undefined, Pause | undefined> = {
  save: {},
  reply: {
    type: 'object',
    description: 'Absent while the cluster is not paused.',
    required: [...KEYS],
    properties: {
      by: text('Who asked for it; empty when it is not known.'),
      since: text('RFC 3339; empty when it is not known.'),
      until: text('When it ends by itself, RFC 3339; empty: when the cluster is resumed.'),
      reason: text('In the words of who asked; can be empty.'),
    },
  },
  document: documentText,
  wanted,
  draft: () => ({ draft: undefined, violations: [] }),
  complete: () => ({ value: undefined }),
  decode: (written, place) => {
    const annotation = asOptionalText(written, place);
    if (annotation === undefined || annotation === 'false') return undefined;
    const members = annotation === 'true' ? {} : parsed(annotation);
    if (!isMembers(members) || Object.keys(members).some((key) => !KEYS.includes(key))) throw mustBe(place, wanted);
    const { by = '', since = '', until = '', reason = '' } = members;
    const times = [since, until].map((time) => (time === '' ? '' : readTime(String(time))));
    const [began, end] = times;
    const areTexts = typeof by === 'string' && typeof reason === 'string' && reason.length <= MAXIMUM_PAUSE_REASON;
    if (began === undefined || end === undefined || !areTexts) throw mustBe(place, wanted);
    return { by, since: began, until: end, reason };
  },
  encode: ({ by, since, until, reason }) => {
    const known = Object.entries({ by, since, until, reason }).filter(([, value]) => value !== '');
    return known.length === 0 ? 'true' : JSON.stringify(Object.fromEntries(known));
  },
  show: (pause) => pause,
};

function parsed(annotation: string): unknown {
  try {
    return JSON.parse(annotation);
  } catch {
    return undefined;
  }
}
