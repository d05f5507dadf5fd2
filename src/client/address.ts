import { NautesError } from '../errors/errors.ts';
import { message } from '../messages/message.ts';
import type { Message } from '../messages/text.ts';

/**
 * The address of a server in its normal form: scheme, host and port, optionally a path before `/api`, no trailing
 * slash, so that no request is redirected.
 * @throws NautesError `ServerAddressInvalid`
 */
export function serverAddress(text: string): string {
  const refuse = (problem: Message): never => {
    throw new NautesError('ServerAddressInvalid', { address: text, problem });
  };
  const parsed = URL.parse(text.trim());
  if (parsed === null) return refuse(message(text.includes('://') ? 'Address.notUrl' : 'Address.schemeMissing'));
  const { protocol, username, password, search, hash, origin, pathname } = parsed;
  if (protocol !== 'https:' && protocol !== 'http:')
    return refuse(message('Address.schemeUnknown', { scheme: protocol }));
  if (username !== '' || password !== '') {
    throw new NautesError('ServerAddressInvalid', { address: origin, problem: message('Address.hasCredentials') });
  }
  if (search !== '' || hash !== '') return refuse(message('Address.hasQuery'));
  return `${origin}${pathname.replace(/\/+$/, '')}`;
}
