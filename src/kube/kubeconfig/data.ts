import type { Message } from '../../messages/text.ts';
import { message } from '../../messages/message.ts';
import { defined } from '../../base/defined.ts';
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { isBase64 } from '../../kubeconfig/entry.ts';
import { NautesError } from '../../errors/errors.ts';
import type { CredentialMaterial } from '../../resources/credential.ts';
import { numberAt, textAt } from '../../kube-objects/kube-object.ts';

/** From when until when a credential is valid, in milliseconds since the epoch; absent where not known. */
export interface Validity {
  readonly notBefore?: number;
  readonly notAfter?: number;
}

/** The text in a `…-data` field. @throws NautesError `KubeconfigDataInvalid` */
export function decodeData(entry: Readonly<Record<string, unknown>>, field: string): string {
  const text = textAt(entry, field);
  if (text.trim() === '' || !isBase64(text))
    throw new NautesError('KubeconfigDataInvalid', { field, problem: message('KubeconfigDataInvalid.base64') });
  const decoded = Buffer.from(text, 'base64').toString('utf8');
  const isTwice = isBase64(decoded.trim()) && Buffer.from(decoded, 'base64').toString('latin1').includes('-----BEGIN ');
  if (isTwice)
    throw new NautesError('KubeconfigDataInvalid', { field, problem: message('KubeconfigDataInvalid.encodedTwice') });
  return decoded;
}

interface CertificateIdentity {
  readonly material: CredentialMaterial;
  readonly validity: Validity;
}

/**
 * Certificate and key of a user entry; both must be there and belong together.
 * @throws NautesError `KubeconfigDataInvalid`, `KubeconfigKeyMismatch`
 */
export function clientCertificateMaterial(user: Readonly<Record<string, unknown>>): CertificateIdentity {
  const chain = decodeData(user, 'client-certificate-data').match(CERTIFICATE) ?? [];
  const written = decodeData(user, 'client-key-data');
  const parsed = parseOr(
    'client-certificate-data',
    message('KubeconfigDataInvalid.certificate'),
    () => new X509Certificate(chain[0] ?? ''),
  );
  const isEncrypted = /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: .*ENCRYPTED/m.test(written);
  const keyProblem = message(isEncrypted ? 'KubeconfigDataInvalid.encryptedKey' : 'KubeconfigDataInvalid.privateKey');
  const key = parseOr('client-key-data', keyProblem, () => privateKeyOf(written));
  if (!parsed.checkPrivateKey(key)) throw new NautesError('KubeconfigKeyMismatch');
  const certificate = `${chain.join('\n')}\n`;
  const privateKey = key.export({ type: 'pkcs8', format: 'pem' }).toString();
  return {
    material: { kind: 'clientCertificate', certificate, privateKey },
    validity: { notBefore: parsed.validFromDate.getTime(), notAfter: parsed.validToDate.getTime() },
  };
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const PRIVATE_KEY = /-----BEGIN ((?:[A-Z0-9]+ )*PRIVATE KEY)-----([^-]+)-----END \1-----/;

/**
 * The first key of a PEM text, of any form under any label, as Go takes it (crypto/tls, X509KeyPair): tools write PKCS #1
 * under the label of PKCS #8 and the reverse.
 */
function privateKeyOf(pem: string): KeyObject {
  const [, label = '', text = ''] = PRIVATE_KEY.exec(pem) ?? [];
  const key = Buffer.from(text, 'base64');
  // The form that the label names is tried first: a failure takes longer than everything else.
  const named = label === 'RSA PRIVATE KEY' ? 'pkcs1' : label === 'EC PRIVATE KEY' ? 'sec1' : 'pkcs8';
  for (const type of [named, 'pkcs1', 'pkcs8'] as const) {
    try {
      return createPrivateKey({ key, format: 'der', type });
    } catch {
      // it is one of another form
    }
  }
  return createPrivateKey({ key, format: 'der', type: 'sec1' });
}

/** OpenSSL's own words are dropped: they are of no use to a person. */
function parseOr<T>(field: string, problem: Message, parse: () => T): T {
  try {
    return parse();
  } catch {
    throw new NautesError('KubeconfigDataInvalid', { field, problem });
  }
}

/** `exp` and `nbf` of a JSON Web Token (RFC 7519), unverified; nothing for any other token. */
export function validityOfToken(token: string): Validity {
  const [, payload, signature] = token.split('.');
  if (payload === undefined || signature === undefined) return {};
  let claims: unknown;
  try {
    claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  } catch {
    return {};
  }
  const notBefore = pointInTime(numberAt(claims, 'nbf'));
  const notAfter = pointInTime(numberAt(claims, 'exp'));
  return defined({ notBefore, notAfter });
}

/** Years beyond 9999 are taken for "never". */
const LATEST_SECONDS = 253_402_300_799;

function pointInTime(seconds: number | undefined): number | undefined {
  const sensible = seconds !== undefined && seconds >= 0 && seconds <= LATEST_SECONDS;
  return sensible ? Math.floor(seconds) * 1000 : undefined;
}
