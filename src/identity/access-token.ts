import type { Message } from '../messages/text.ts';
import { message } from '../messages/message.ts';
import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Secret } from '../base/secret.ts';

/**
 * The text of an access token: `nautes_<name>_<random><checksum>`, with 256 random bits in 43 digits of base 62 and a
 * CRC-32 of all before it in 6. As with GitHub's tokens, prefix and checksum let scanners find leaked ones without
 * false alarms, and let us reject a mistyped one without a lookup. The name tells which one to revoke.
 */
const PREFIX = 'nautes_';
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_BYTES = 32;
const RANDOM_DIGITS = 43;
const CHECKSUM_DIGITS = 6;

/** Longest name of a token. */
export const MAXIMUM_TOKEN_NAME_LENGTH = 40;

const NAME = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;
const TOKEN = /^nautes_([a-z0-9.-]{1,40})_([0-9A-Za-z]{49})$/;

/** Why the text cannot be the name of a token, or `undefined` when it can. A valid name is a valid file name. */
export function tokenNameProblem(name: string): Message | undefined {
  if (name === '') return message('TokenNameInvalid.empty');
  if (name.length > MAXIMUM_TOKEN_NAME_LENGTH) {
    return message('TokenNameInvalid.tooLong', { maximum: MAXIMUM_TOKEN_NAME_LENGTH });
  }
  return NAME.test(name) ? undefined : message('TokenNameInvalid.character');
}

/** A new token; the name must be valid. */
export function generateToken(name: string): Secret {
  const body = `${PREFIX}${name}_${base62(BigInt(`0x${randomBytes(RANDOM_BYTES).toString('hex')}`), RANDOM_DIGITS)}`;
  return new Secret(`${body}${checksumOf(body)}`);
}

/** The name in the token, or `undefined` when the text is not one of our tokens. */
export function tokenName(token: Secret): string | undefined {
  const text = token.reveal();
  const name = TOKEN.exec(text)?.[1];
  if (name === undefined || tokenNameProblem(name) !== undefined) return undefined;
  const body = text.slice(0, -CHECKSUM_DIGITS);
  return text.slice(-CHECKSUM_DIGITS) === checksumOf(body) ? name : undefined;
}

/**
 * What is stored of a token. A plain SHA-256 is enough: slow hashes protect low-entropy passwords, and 2^256 random
 * values cannot be enumerated; and it is computed for every request.
 */
export function tokenHash(token: Secret): Buffer {
  return createHash('sha256').update(token.reveal()).digest();
}

function checksumOf(body: string): string {
  return base62(BigInt(crc32(body)), CHECKSUM_DIGITS);
}

function base62(value: bigint, length: number): string {
  let digits = '';
  for (let rest = value; digits.length < length; rest /= 62n) digits = `${DIGITS[Number(rest % 62n)]}${digits}`;
  return digits;
}
