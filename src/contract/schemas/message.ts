import { Type } from 'typebox';

/** Parameters of a text: words, numbers, lists of them, and nested texts as `{ id, params }`. */
const params = (description: string) =>
  Type.Unsafe<Readonly<Record<string, unknown>>>({ type: 'object', description, additionalProperties: true });

export const ActionReply = Type.Object(
  {
    id: Type.String({ description: 'In CamelCase, stable.' }),
    params: params('What it is about.'),
  },
  { $id: 'Action', description: 'What a person can do, as data: programs word it for their readers.' },
);

/** A message on the wire: as text and as data. */
export const message = {
  message: Type.String({ description: 'For people, in the language of the reply.' }),
  messageId: Type.Optional(Type.String({ description: 'Which text it is: the reason, or `Reason.variant`. Stable.' })),
  params: Type.Optional(params('What fills the text.')),
};

/** A remedy as text and as data. */
export const remedy = {
  remedy: Type.String({ description: 'What to do, in the words of this API; empty when nothing needs to be done.' }),
  action: Type.Optional(ActionReply),
};
