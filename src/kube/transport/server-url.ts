import { NautesError } from '../../errors/errors.ts';
import { readApiServer } from '../../resources/cluster/api-server.ts';

/**
 * The address of an API server in its normal form `https://host:port` (short and octal forms of IPv4 written out).
 * @throws NautesError `ApiServerInvalid` for anything but https, with user, path, query or fragment, or a bad host or port
 */
export function parseServerUrl(text: string): string {
  const address = readApiServer(text);
  if (typeof address === 'string') throw new NautesError('ApiServerInvalid', { problem: address });
  return address.url;
}
