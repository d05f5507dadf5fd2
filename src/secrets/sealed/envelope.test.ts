import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Secret } from '../../base/secret.ts';
import { ENVELOPE_OVERHEAD_BYTES, EnvelopeError, envelopeKeyId, openEnvelope, sealEnvelope } from './envelope.ts';
import { SealingKey, type SealingKeys } from './sealing-key.ts';

const key = new SealingKey(new Secret(Buffer.alloc(32, 7)));
const keys: SealingKeys = [key];

describe('sealed envelope', () => {
  it('opens to what was sealed, in its own context', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), (content, place) => {
        const envelope = sealEnvelope(key, content, place);
        assert.equal(envelope.length, content.length + ENVELOPE_OVERHEAD_BYTES);
        assert.deepEqual(openEnvelope(keys, envelope, place), Buffer.from(content));
      }),
    );
  });

  it('does not open when any single byte is changed', () => {
    const envelope = sealEnvelope(key, Buffer.from('content'), 'place');
    fc.assert(
      fc.property(fc.nat(envelope.length - 1), fc.integer({ min: 1, max: 255 }), (index, flip) => {
        const changed = Buffer.from(envelope);
        changed.writeUInt8(changed.readUInt8(index) ^ flip, index);
        assert.throws(() => openEnvelope(keys, changed, 'place'), EnvelopeError);
      }),
      { numRuns: 500 },
    );
  });

  it('does not open in another context', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (sealedFor, openedAt) => {
        fc.pre(sealedFor !== openedAt);
        const envelope = sealEnvelope(key, Buffer.from('content'), sealedFor);
        assert.throws(() => openEnvelope(keys, envelope, openedAt), EnvelopeError);
      }),
    );
  });

  it('does not open when it was truncated or extended', () => {
    const envelope = sealEnvelope(key, Buffer.from('content'), 'place');
    for (let length = 0; length < envelope.length; length += 1) {
      assert.throws(() => openEnvelope(keys, envelope.subarray(0, length), 'place'), EnvelopeError);
    }
    assert.throws(() => openEnvelope(keys, Buffer.concat([envelope, Buffer.alloc(1)]), 'place'), EnvelopeError);
  });

  it('does not open what is no envelope', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        assert.throws(() => openEnvelope(keys, bytes, 'place'), EnvelopeError);
      }),
    );
  });

  it('names the key it was sealed with, and opens with any of several keys', () => {
    const other = new SealingKey(new Secret(randomBytes(32)));
    const envelope = sealEnvelope(key, Buffer.from('content'), 'place');
    assert.equal(envelopeKeyId(envelope), key.id);
    assert.equal(openEnvelope([other, key], envelope, 'place').toString(), 'content');
    assert.throws(() => openEnvelope([other], envelope, 'place'), new RegExp(key.id));
  });

  it('opens when it was sealed by an earlier version of the program', () => {
    const envelope = Buffer.from(
      'TlNFMfpxV9IW5YGGbDXzRWsgxDci5pOFAbuFslYRg+7vsVAudWyA97bXkv5gQlIW4QLekhf4UbOzCLP+xQ+0',
      'base64',
    );
    assert.equal(openEnvelope(keys, envelope, 'place').toString(), 'content');
  });

  it('is different each time', () => {
    const seal = (): string => sealEnvelope(key, Buffer.from('content'), 'place').toString('hex');
    assert.notEqual(seal(), seal());
  });
});

describe('sealing key', () => {
  it('derives the same id and versions from the same bytes, across versions', () => {
    assert.equal(key.id, 'fa7157d216e58186');
    assert.equal(key.versionOf('content'), 'eb0fffe918963e62d96a2217a889e5441477d092');
  });

  it('is rejected with another length', () => {
    for (const length of [0, 16, 31, 33])
      assert.throws(() => new SealingKey(new Secret(Buffer.alloc(length))), RangeError);
  });
});
