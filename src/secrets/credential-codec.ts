import { defined } from '../base/defined.ts';
import { canonicalJson, sha256 } from '../base/hash.ts';
import { Secret } from '../base/secret.ts';
import type { CredentialMaterial, StoredCredential } from '../resources/credential.ts';
import { message, render } from '../messages/message.ts';
import type { Message } from '../messages/text.ts';

/** The identity of a credential: how, where, and for which registration it is used. */
export function canonicalContent(credential: StoredCredential): string {
  const { binding, material, origin } = credential;
  return canonicalJson({ binding: bindingOf(binding), material: material.reveal(), origin });
}

/** The credential in plain text. The caller wipes the bytes after sealing. */
export function encodeCredential(credential: StoredCredential): Buffer {
  const { binding, material, origin, expiresAt, issuedAt, boundSecret, uploadedVersion } = credential;
  const document = {
    binding: bindingOf(binding),
    material: material.reveal(),
    origin,
    expiresAt,
    issuedAt,
    boundSecret,
    uploadedVersion,
  };
  return Buffer.from(canonicalJson(document), 'utf8');
}

/** A digest that is equal for equal credentials and reveals nothing of them. */
export function credentialDigest(credential: StoredCredential): string {
  const content = encodeCredential(credential);
  const digest = sha256(content);
  content.fill(0);
  return digest;
}

/** Callers may pass objects with more members than the binding has. */
function bindingOf(binding: StoredCredential['binding']): StoredCredential['binding'] {
  const { cluster, incarnation, server, certificateAuthority, tlsServerName, proxyUrl } = binding;
  return {
    cluster,
    incarnation,
    server,
    certificateAuthority,
    ...defined({ tlsServerName, proxyUrl }),
  };
}

/** Why a text is no stored credential. */
export class CredentialFormatError extends TypeError {
  override readonly name = 'CredentialFormatError';
  readonly said: Message;

  constructor(said: Message) {
    super(render(said, 'en'));
    this.said = said;
  }
}

/**
 * The reverse of {@link encodeCredential}.
 * @throws CredentialFormatError on any other content; the message names the member, never its value
 */
export function decodeCredential(bytes: Buffer): StoredCredential {
  const document = record(parse(bytes), 'credential');
  const binding = record(document['binding'], 'binding');
  return {
    binding: {
      cluster: text(binding, 'cluster'),
      incarnation: text(binding, 'incarnation'),
      server: text(binding, 'server'),
      certificateAuthority: text(binding, 'certificateAuthority'),
      ...optionalText(binding, 'tlsServerName'),
      ...optionalText(binding, 'proxyUrl'),
    },
    material: new Secret(materialOf(record(document['material'], 'material'))),
    origin: originOf(text(document, 'origin')),
    expiresAt: text(document, 'expiresAt'),
    issuedAt: text(document, 'issuedAt'),
    boundSecret: text(document, 'boundSecret'),
    ...optionalText(document, 'uploadedVersion'),
  };
}

function materialOf(document: Readonly<Record<string, unknown>>): CredentialMaterial {
  const kind = text(document, 'kind');
  switch (kind) {
    case 'token':
      return { kind, token: text(document, 'token') };
    case 'clientCertificate':
      return { kind, certificate: text(document, 'certificate'), privateKey: text(document, 'privateKey') };
    case 'basic':
      return { kind, username: text(document, 'username'), password: text(document, 'password') };
    default:
      throw new CredentialFormatError(message('CredentialUnreadable.kind'));
  }
}

function originOf(origin: string): StoredCredential['origin'] {
  if (origin === 'uploaded' || origin === 'issued') return origin;
  throw new CredentialFormatError(message('CredentialUnreadable.origin'));
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    // The parser's message quotes the text.
    throw new CredentialFormatError(message('CredentialUnreadable.json'));
  }
}

function missing(member: string): CredentialFormatError {
  return new CredentialFormatError(message('CredentialUnreadable.member', { member }));
}

function record(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw missing(name);
  return value as Readonly<Record<string, unknown>>;
}

function text(document: Readonly<Record<string, unknown>>, name: string): string {
  const value = document[name];
  if (typeof value !== 'string') throw missing(name);
  return value;
}

function optionalText<N extends string>(document: Readonly<Record<string, unknown>>, name: N): { [K in N]?: string } {
  return document[name] === undefined ? {} : ({ [name]: text(document, name) } as { [K in N]?: string });
}
