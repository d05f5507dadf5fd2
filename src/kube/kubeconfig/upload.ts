import { NautesError } from '../../errors/errors.ts';
import { kubeconfigText } from '../../kubeconfig/text.ts';

/** Larger kubeconfigs are refused, also when they are base64 of a smaller text. */
export const MAXIMUM_KUBECONFIG_BYTES = 256 * 1024;

/**
 * The YAML text of an uploaded kubeconfig: the text itself, or what it is base64 of.
 * @throws NautesError `KubeconfigTooLarge`, `KubeconfigEncodingInvalid`
 */
export function decodeUpload(text: string): string {
  refuseOversize(text);
  const yaml = decodeBase64(text);
  refuseOversize(yaml);
  return yaml;
}

function refuseOversize(text: string): void {
  const size = Buffer.byteLength(text);
  if (size > MAXIMUM_KUBECONFIG_BYTES) {
    throw new NautesError('KubeconfigTooLarge', { size, limit: MAXIMUM_KUBECONFIG_BYTES });
  }
}

/** Text of nothing but base64 characters is base64: a kubeconfig in YAML has colons. Line breaks are ignored. */
function decodeBase64(text: string): string {
  const compact = text.replace(/[\r\n]/g, '').trim();
  if (compact === '' || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) return text;
  try {
    if (compact.length % 4 !== 0) throw new Error('length');
    return kubeconfigText(Buffer.from(compact, 'base64'));
  } catch {
    throw new NautesError('KubeconfigEncodingInvalid');
  }
}
