import { oneLine } from '../base/one-line.ts';

/** Characters of an account's name; more is cut. */
const MAXIMUM_NAME = 200;

/** Characters of an address (RFC 5321 has 254). */
const MAXIMUM_ADDRESS = 254;

/** Scopes of a token that are kept. */
const MAXIMUM_SCOPES = 100;
const SCOPE = /^[\x21-\x7e]{1,100}$/;

/** The name that a Git server gives for an account, for logs, commits and messages. */
export function accountName(text: string): string {
  return oneLine(text, MAXIMUM_NAME);
}

/** An address for commits; empty when it is too long to be one. */
export function accountAddress(text: string): string {
  const address = oneLine(text, MAXIMUM_ADDRESS + 1);
  return address.length > MAXIMUM_ADDRESS ? '' : address;
}

export function accountScopes(scopes: readonly string[]): readonly string[] {
  return scopes.slice(0, MAXIMUM_SCOPES).filter((scope) => SCOPE.test(scope));
}
