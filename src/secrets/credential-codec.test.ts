import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Secret } from '../base/secret.ts';
import type { CredentialMaterial, StoredCredential } from '../resources/credential.ts';
import { canonicalContent, decodeCredential, encodeCredential } from './credential-codec.ts';

const text = fc.string({ unit: 'grapheme' });

const plain = { noNullPrototype: true };

const materials: fc.Arbitrary<CredentialMaterial> = fc.oneof(
  fc.record({ kind: fc.constant('token' as const), token: text }, plain),
  fc.record({ kind: fc.constant('clientCertificate' as const), certificate: text, privateKey: text }, plain),
  fc.record({ kind: fc.constant('basic' as const), username: text, password: text }, plain),
);

const credentials: fc.Arbitrary<StoredCredential> = fc.record(
  {
    binding: fc.record(
      {
        cluster: text,
        incarnation: text,
        server: text,
        certificateAuthority: text,
        tlsServerName: text,
        proxyUrl: text,
      },
      { ...plain, requiredKeys: ['cluster', 'incarnation', 'server', 'certificateAuthority'] },
    ),
    material: materials.map((material) => new Secret(material)),
    origin: fc.constantFrom('uploaded' as const, 'issued' as const),
    expiresAt: text,
    issuedAt: text,
    boundSecret: text,
    uploadedVersion: text,
  },
  {
    ...plain,
    requiredKeys: ['binding', 'material', 'origin', 'expiresAt', 'issuedAt', 'boundSecret'],
  },
);

describe('encoding of a credential', () => {
  it('round-trips', () => {
    fc.assert(
      fc.property(credentials, (credential) => {
        const decoded = decodeCredential(encodeCredential(credential));
        assert.deepEqual(decoded.material.reveal(), credential.material.reveal());
        const { material: _, ...rest } = credential;
        assert.deepEqual({ ...decoded, material: undefined }, { ...rest, material: undefined });
      }),
    );
  });

  it('rejects everything else without quoting it', () => {
    const whole = JSON.parse(
      encodeCredential({
        binding: { cluster: 'a', incarnation: 'b', server: 'c', certificateAuthority: 'd' },
        material: new Secret<CredentialMaterial>({ kind: 'token', token: 'canary' }),
        origin: 'uploaded',
        expiresAt: '',
        issuedAt: '',
        boundSecret: '',
      }).toString(),
    ) as Record<string, unknown>;
    const others = [
      ...Object.keys(whole).flatMap((key) => [
        { ...whole, [key]: undefined },
        { ...whole, [key]: 7 },
        { ...whole, [key]: null },
      ]),
      { ...whole, origin: 'other' },
      { ...whole, material: { kind: 'other', token: 'canary' } },
      { ...whole, material: { kind: 'basic', token: 'canary' } },
      [],
      null,
      'canary',
    ];
    for (const other of others) {
      const refused = (error: unknown): boolean => error instanceof TypeError && !error.message.includes('canary');
      assert.throws(() => decodeCredential(Buffer.from(JSON.stringify(other))), refused, JSON.stringify(other));
    }
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        assert.throws(() => decodeCredential(Buffer.from(bytes)), TypeError);
      }),
    );
  });

  it('is canonical: the order of members and unknown members do not matter', () => {
    const credential: StoredCredential = {
      binding: { cluster: 'a', incarnation: 'b', server: 'c', certificateAuthority: 'd' },
      material: new Secret<CredentialMaterial>({ kind: 'basic', username: 'u', password: 'p' }),
      origin: 'uploaded',
      expiresAt: '',
      issuedAt: '',
      boundSecret: '',
    };
    const binding = { certificateAuthority: 'd', other: 'x', server: 'c', incarnation: 'b', cluster: 'a' };
    const material = new Secret<CredentialMaterial>({ password: 'p', username: 'u', kind: 'basic' });
    assert.equal(canonicalContent({ ...credential, binding, material, expiresAt: 'x' }), canonicalContent(credential));
  });
});
