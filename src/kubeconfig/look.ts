import { message, verbatim } from '../messages/message.ts';
import type { Message } from '../messages/text.ts';

/** How ZIP and gzip begin; the second byte of gzip is none of UTF-8. */
const ARCHIVES = ['PK\u0003\u0004', '\u001f\u008b', '\u001f\uFFFD'];

/** What a text that is no kubeconfig seems to be; nothing of it is quoted but the label of a PEM block. */
export function lookOf(text: string): Message | undefined {
  const start = text
    .slice(0, 2_000)
    .replace(/^\uFEFF/, '')
    .trimStart();
  const [, label] = /^-----BEGIN ([A-Z0-9 ]{1,40})-----/.exec(start) ?? [];
  if (label !== undefined) return message('KubeconfigLook.pem', { label: verbatim(label) });
  if (/^<(?:!doctype|html|\?xml)/i.test(start)) return message('KubeconfigLook.page');
  if (ARCHIVES.some((mark) => start.startsWith(mark))) return message('KubeconfigLook.archive');
  if (/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/.test(text.trim())) return message('KubeconfigLook.token');
  return undefined;
}
