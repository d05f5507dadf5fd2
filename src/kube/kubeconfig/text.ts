import type { Message } from '../../messages/text.ts';
import { message } from '../../messages/message.ts';
import { NautesError } from '../../errors/errors.ts';
import { parseYaml, YamlError } from '../../base/yaml.ts';

/** Larger kubeconfigs are refused, also when they are base64 of a smaller text. */
export const MAXIMUM_KUBECONFIG_BYTES = 256 * 1024;

/**
 * The YAML data of an uploaded kubeconfig: the text itself, or base64 of it.
 * @throws NautesError that says what is wrong with the encoding; it holds nothing of the text
 */
export function parseKubeconfigText(text: string): unknown {
  refuseOversize(text);
  const yaml = decodeBase64(text);
  refuseOversize(yaml);
  if (yaml.includes('\0')) throw new NautesError('KubeconfigNotYaml', { problem: message('KubeconfigNotYaml.nul') });
  try {
    return parseYaml(yaml.replace(/^\uFEFF/, ''));
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    if (/alias/i.test(error.message)) throw new NautesError('KubeconfigAliases', {}, { cause: error });
    throw new NautesError('KubeconfigNotYaml', { problem: positionOf(error) });
  }
}

function refuseOversize(text: string): void {
  const size = Buffer.byteLength(text);
  if (size > MAXIMUM_KUBECONFIG_BYTES) {
    throw new NautesError('KubeconfigTooLarge', { size, limit: MAXIMUM_KUBECONFIG_BYTES });
  }
}

/** The parser's own words could quote the text, which is a secret: only the position is shown. */
function positionOf(error: YamlError): Message {
  const { line, column = 1 } = error;
  return line === undefined
    ? message('KubeconfigNotYaml.unparsed')
    : message('KubeconfigNotYaml.position', { line, column });
}

/** Text of nothing but base64 characters is base64: a kubeconfig in YAML has colons. Line breaks are ignored. */
function decodeBase64(text: string): string {
  const compact = text.replace(/[\r\n]/g, '').trim();
  if (compact === '' || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) return text;
  try {
    if (compact.length % 4 !== 0) throw new Error('length');
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(compact, 'base64'));
  } catch {
    throw new NautesError('KubeconfigEncodingInvalid');
  }
}
