import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { encodePacket, FLUSH, PacketReader, ProtocolError } from './packets.ts';

function readAll(stream: Buffer, sizes: readonly number[]): string[] {
  const reader = new PacketReader();
  const packets: string[] = [];
  let start = 0;
  for (const size of [...sizes, stream.length]) {
    reader.append(stream.subarray(start, start + size));
    start += size;
    for (let packet = reader.next(); packet !== undefined; packet = reader.next()) {
      packets.push(packet === 'flush' ? packet : `=${packet.toString('hex')}`);
    }
  }
  return packets;
}

describe('packets of the protocol of Git', () => {
  it('are read as they were written, in whatever pieces they arrive', () => {
    const payload = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
    const packets = fc.array(fc.option(payload, { nil: undefined }), { maxLength: 20 });
    fc.assert(
      fc.property(packets, fc.array(fc.integer({ min: 0, max: 50 })), (sent, sizes) => {
        const stream = Buffer.concat(sent.map((each) => (each === undefined ? FLUSH : encodePacket(each))));
        const expected = sent.map((each) => (each === undefined ? 'flush' : `=${each.toString('hex')}`));
        assert.deepEqual(readAll(stream, sizes), expected);
      }),
    );
  });

  it('are as long as the protocol lets them be, and not longer', () => {
    const longest = encodePacket(Buffer.alloc(65_516));
    assert.equal(longest.toString('latin1', 0, 4), 'fff0');
    assert.equal(readAll(longest, []).length, 1);
    assert.throws(() => encodePacket(Buffer.alloc(65_517)), RangeError);
  });

  for (const text of ['0001', '0002', '0003', 'fff1', 'ffff', '+004', '<htm', ' 004', '00 4']) {
    it(`do not begin with ${JSON.stringify(text)}`, () => {
      assert.throws(() => readAll(Buffer.from(text), []), ProtocolError);
    });
  }
});
