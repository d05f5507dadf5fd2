import { message } from '../../messages/message.ts';
import { action } from '../../messages/action.ts';
import { text as documentText } from '../document-field.ts';
import { FieldProblem, type FieldType, type JsonSchema } from '../field.ts';
import { asOptionalText } from '../fields/values.ts';
import { readNodePort } from './node-port.ts';

/** A port on the wire; the original requires strings, older clients send numbers. */
export const portSchema: JsonSchema = { anyOf: [{ type: 'string' }, { type: 'integer' }] };

/** A node port: a string on the wire, and any port in files, which may have been edited by hand. */
export const nodePortField: FieldType<number, string, string> = {
  save: portSchema,
  reply: { type: 'string' },
  document: documentText,
  wanted: message('wanted.port'),
  draft: (given) => ({ draft: typeof given === 'string' ? given : '', violations: [] }),
  complete: (draft, field) => {
    const value = readNodePort(draft);
    if (draft === '' || value !== undefined) return { value };
    const said = message('ClusterInvalid.noNodePort');
    return { violation: { field, said, action: action('CorrectIt') } };
  },
  decode: (written, place) => {
    const text = asOptionalText(written, place);
    if (text === undefined) return undefined;
    const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
    if (port < 1 || port > 65535) throw new FieldProblem(message('file.notPort', { place }));
    return port;
  },
  encode: (port) => String(port),
  show: (port) => (port === undefined ? '' : String(port)),
};
