import { NautesError } from '../errors/errors.ts';
import { message } from '../messages/message.ts';
import { lookOf } from './look.ts';

/**
 * The text of a kubeconfig's bytes: UTF-8, or UTF-16 with a byte order mark, as PowerShell writes it.
 * @throws NautesError `KubeconfigNotYaml`, or `KubeconfigInvalid` for what is evidently something else
 */
export function kubeconfigText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    const look = lookOf(Buffer.from(bytes.subarray(0, 2_000)).toString('utf8'));
    if (look === undefined) {
      throw new NautesError('KubeconfigNotYaml', { problem: message('KubeconfigNotYaml.encoding') }, { cause: error });
    }
    throw new NautesError('KubeconfigInvalid', { problem: message('KubeconfigInvalid.looksLike', { what: look }) });
  }
}
