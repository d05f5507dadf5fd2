import type { Message } from '../../messages/text.ts';
import { message } from '../../messages/message.ts';
import { defined } from '../../base/defined.ts';
import { createPrivateKey, X509Certificate } from 'node:crypto';
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
  const compact = textAt(entry, field).replace(/\s/g, '');
  const isBase64 = compact !== '' && compact.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(compact);
  if (!isBase64)
    throw new NautesError('KubeconfigDataInvalid', { field, problem: message('KubeconfigDataInvalid.base64') });
  return Buffer.from(compact, 'base64').toString('utf8');
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
  const certificate = decodeData(user, 'client-certificate-data');
  const privateKey = decodeData(user, 'client-key-data');
  const parsed = parseOr(
    'client-certificate-data',
    message('KubeconfigDataInvalid.certificate'),
    () => new X509Certificate(certificate),
  );
  const key = parseOr('client-key-data', message('KubeconfigDataInvalid.privateKey'), () =>
    createPrivateKey(privateKey),
  );
  if (!parsed.checkPrivateKey(key)) throw new NautesError('KubeconfigKeyMismatch');
  return {
    material: { kind: 'clientCertificate', certificate, privateKey },
    validity: { notBefore: parsed.validFromDate.getTime(), notAfter: parsed.validToDate.getTime() },
  };
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
