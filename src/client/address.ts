import { NautesError } from '../errors/errors.ts';

/**
 * The address of a server in its normal form: scheme, host and port, optionally a path before `/api`, no trailing
 * slash, so that no request is redirected.
 * @throws NautesError `ServerAddressInvalid`
 */
export function serverAddress(text: string): string {
  const refuse = (problem: string): never => {
    throw new NautesError('ServerAddressInvalid', { address: text, problem });
  };
  const parsed = URL.parse(text.trim());
  if (parsed === null) return refuse(text.includes('://') ? 'it is not a URL' : 'the scheme is missing');
  const { protocol, username, password, search, hash, origin, pathname } = parsed;
  if (protocol !== 'https:' && protocol !== 'http:') return refuse(`${protocol}// is not known`);
  if (username !== '' || password !== '') {
    throw new NautesError('ServerAddressInvalid', { address: origin, problem: 'it holds a user name or a password' });
  }
  if (search !== '' || hash !== '') return refuse('it has a query or a fragment');
  return `${origin}${pathname.replace(/\/+$/, '')}`;
}
