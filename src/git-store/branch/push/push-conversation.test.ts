import { verbatim } from '../../../messages/message.ts';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RemoteRefuses } from './advertisement.ts';
import { encodePacket, FLUSH, PacketReader, ProtocolError } from './packets.ts';
import { PushConversation, type PushStep } from './push-conversation.ts';

const [BEFORE, AFTER, OTHER] = ['a'.repeat(40), 'b'.repeat(40), 'c'.repeat(40)] as const;
const NONE = '0'.repeat(40);
const MAIN = 'refs/heads/main';
const CAPABILITIES = 'report-status report-status-v2 delete-refs side-band-64k quiet ofs-delta object-format=sha1';
const push = { reference: MAIN, before: BEFORE, after: AFTER, pack: Buffer.from('PACK and so on') };

/** An advertisement of the references. */
function advertisement(references: readonly (readonly [string, string])[], capabilities = CAPABILITIES): Buffer {
  const lines = references.map(([commit, name], index) =>
    encodePacket(`${commit} ${name}${index === 0 ? `\0${capabilities}` : ''}\n`),
  );
  return Buffer.concat([...lines, FLUSH]);
}

const HERE = advertisement([
  [OTHER, 'refs/heads/aside'],
  [BEFORE, MAIN],
]);

/** A report, in a band of its own. */
function report(...lines: readonly string[]): Buffer {
  const inner = Buffer.concat([...lines.map((line) => encodePacket(`${line}\n`)), FLUSH]);
  return Buffer.concat([encodePacket(Buffer.concat([Buffer.from([1]), inner])), FLUSH]);
}

function words(text: string): Buffer {
  return encodePacket(Buffer.concat([Buffer.from([2]), Buffer.from(text)]));
}

function asked(conversation = new PushConversation(push)): PushConversation {
  assert.equal(conversation.receive(HERE)?.kind, 'send');
  return conversation;
}

describe('conversation of a push', () => {
  it('asks for one move by the commit that it found, and sends the pack as it is', () => {
    const step = new PushConversation(push).receive(HERE);
    assert.ok(step?.kind === 'send');
    const reader = new PacketReader();
    reader.append(Buffer.concat(step.request));
    const command = reader.next();
    assert.equal(
      String(command),
      `${BEFORE} ${AFTER} ${MAIN}\0 report-status side-band-64k quiet object-format=sha1 agent=nautes`,
    );
    assert.equal(reader.next(), 'flush');
    assert.ok(Buffer.concat(step.request).toString().endsWith('0000PACK and so on'));
  });

  it('asks for no capability that is not offered', () => {
    const step = new PushConversation(push).receive(advertisement([[BEFORE, MAIN]], 'report-status'));
    assert.ok(step?.kind === 'send');
    assert.match(Buffer.concat(step.request).toString(), /\0 report-status agent=nautes0000PACK/);
  });

  it('makes the reference in a repository without any', () => {
    const step = new PushConversation({ ...push, before: '' }).receive(advertisement([[NONE, 'capabilities^{}']]));
    assert.ok(step?.kind === 'send');
    assert.ok(Buffer.concat(step.request).toString().includes(`${NONE} ${AFTER} ${MAIN}\0`));
  });

  const ends: readonly (readonly [
    what: string,
    before: string,
    found: readonly (readonly [string, string])[],
    kind: string,
  ])[] = [
    ['moved where it is elsewhere', BEFORE, [[OTHER, MAIN]], 'moved'],
    ['moved where it is gone', BEFORE, [[BEFORE, 'refs/heads/aside']], 'moved'],
    ['moved where it is there against expectation', '', [[OTHER, MAIN]], 'moved'],
    ['accepted where it is at the wanted commit already', BEFORE, [[AFTER, MAIN]], 'accepted'],
  ];
  for (const [what, before, found, kind] of ends) {
    it(`ends at once with ${what}`, () => {
      const conversation = new PushConversation({ ...push, before });
      assert.deepEqual(conversation.receive(advertisement(found)), { kind: 'end', answer: { kind } });
      assert.equal(conversation.hasAsked, false);
    });
  }

  it('understands an advertisement over HTTP, hidden histories and shallow commits', () => {
    const lines = [
      encodePacket('# service=git-receive-pack\n'),
      FLUSH,
      encodePacket(`${BEFORE} ${MAIN}\0${CAPABILITIES}\n`),
      encodePacket(`${OTHER} .have\n`),
      encodePacket(`shallow ${OTHER}\n`),
      FLUSH,
    ];
    assert.equal(new PushConversation(push).receive(Buffer.concat(lines))?.kind, 'send');
  });

  it('ends with what the report says, in whatever pieces everything arrives', () => {
    const streams = fc.constantFrom(
      [report('unpack ok', `ok ${MAIN}`), { kind: 'accepted' }] as const,
      [
        Buffer.concat([words('GitLab: no\n'), words('second\r'), report('unpack ok', `ng ${MAIN} hook declined`)]),
        { kind: 'refused', refusal: 'hook declined', remote: ['GitLab: no', 'second'] },
      ] as const,
      [
        report('unpack index-pack abnormal exit', `ng ${MAIN} unpacker error`),
        { kind: 'refused', refusal: 'unpacker error', remote: [] },
      ] as const,
      [
        report('unpack index-pack abnormal exit', `ok ${MAIN}`),
        { kind: 'refused', refusal: 'unpacker error: index-pack abnormal exit', remote: [] },
      ] as const,
    );
    fc.assert(
      fc.property(
        streams,
        fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 20 }),
        ([answer, expected], sizes) => {
          const conversation = asked();
          let last: PushStep | undefined;
          let start = 0;
          for (const size of [...sizes, answer.length]) {
            last ??= conversation.receive(answer.subarray(start, start + size));
            start += size;
          }
          assert.deepEqual(last, { kind: 'end', answer: expected });
        },
      ),
    );
  });

  it('understands a report without bands', () => {
    const conversation = new PushConversation(push);
    conversation.receive(advertisement([[BEFORE, MAIN]], 'report-status'));
    const lines = Buffer.concat([encodePacket('unpack ok\n'), encodePacket(`ok ${MAIN}\n`), FLUSH]);
    assert.deepEqual(conversation.receive(lines), { kind: 'end', answer: { kind: 'accepted' } });
  });

  it('keeps so much of the words of a hook as a person would read', () => {
    const conversation = asked();
    for (let index = 0; index < 1000; index += 1) conversation.receive(words('x'.repeat(60_000)));
    const step = conversation.receive(report('unpack ok', `ng ${MAIN} declined`));
    assert.ok(step?.kind === 'end' && step.answer.kind === 'refused');
    assert.ok(step.answer.remote.join('').length < 200_000);
  });

  it('fails with the words of the other side', () => {
    const conversation = new PushConversation(push);
    assert.throws(
      () => conversation.receive(encodePacket('ERR the repository is gone\n')),
      (error: unknown) => {
        assert.ok(error instanceof RemoteRefuses);
        assert.deepEqual(conversation.failure(error).report.remote, ['the repository is gone']);
        return true;
      },
    );
    const said = asked();
    said.receive(words('remote is full\n'));
    const fatal = encodePacket(Buffer.from('\u0003disk quota'));
    assert.throws(() => said.receive(fatal), ProtocolError);
    assert.deepEqual(said.failure(new ProtocolError(verbatim('disk quota'))).report, {
      remote: ['remote is full'],
      local: [],
      problem: verbatim('disk quota'),
    });
  });

  const nonsense: readonly (readonly [what: string, answer: Buffer])[] = [
    ['a page of HTML', Buffer.from('<!DOCTYPE html>')],
    ['an empty advertisement', FLUSH],
    ['ids of SHA-256', encodePacket(`${'a'.repeat(64)} ${MAIN}\0${CAPABILITIES} object-format=sha256\n`)],
    ['a line that is none', encodePacket('hello\n')],
    ['no report of what becomes of a push', advertisement([[BEFORE, MAIN]], 'side-band-64k')],
  ];
  for (const [what, answer] of nonsense) {
    it(`fails at ${what}`, () => {
      assert.throws(() => new PushConversation(push).receive(answer), ProtocolError);
    });
  }

  for (const [what, answer] of [
    ['no report', FLUSH],
    ['a report of another reference', report('unpack ok', 'ok refs/heads/aside')],
    ['a band that there is not', encodePacket(Buffer.from('\u0007x'))],
  ] as const) {
    it(`does not know what became of a push that is answered with ${what}`, () => {
      assert.throws(() => asked().receive(answer), ProtocolError);
    });
  }
});
