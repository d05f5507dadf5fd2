import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MAXIMUM_JSON_DEPTH } from './json-reader.ts';
import { JsonReader } from './json-reader.ts';
import { decodeText } from './json-text.ts';
import { decodeDocument } from './message.ts';

const ANY = { properties: { value: { type: 'array' } } };

/** The value of a JSON text as the reader sees it. */
function read(json: string | Buffer): unknown {
  const bytes = Buffer.concat([Buffer.from('{"value":['), Buffer.from(json), Buffer.from(']}')]);
  const { message } = decodeDocument(new JsonReader(decodeText(bytes)), ANY);
  return (message.value as unknown[])[0];
}

function problemOf(text: string | Buffer): string {
  try {
    decodeDocument(new JsonReader(decodeText(Buffer.from(text))), ANY);
  } catch (error) {
    return (error as Error).message;
  }
  return 'none';
}

describe('JSON reader', () => {
  it('reads every JSON text as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (json) => {
        assert.deepEqual(read(json), JSON.parse(json));
      }),
    );
  });

  it('reads indented JSON and every escape as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('\t', '  ', '\r\n '), (value, indentation) => {
        const json = JSON.stringify(value, undefined, indentation).replace(/[^\x20-\x7e\s]/g, escape);
        assert.deepEqual(read(json), JSON.parse(json));
      }),
    );
    assert.equal(read('"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00"'), '"\\/\b\f\n\r\té😀');
  });

  it('refuses what JSON.parse refuses', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"b"',
      '1',
      '-',
      '0',
      'null',
      'tru',
      ' ',
      '"',
      '\\',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        for (const text of [`{"value":[${parts.join('')}]}`, `{"other":${parts.join('')}}`]) {
          if (!isJson(text)) assert.notEqual(problemOf(text), 'none', text);
        }
      }),
      { numRuns: 2000 },
    );
  });

  const problems: readonly (readonly [string, string | Buffer, string])[] = [
    ['an empty body of blanks', ' \n ', 'syntax error (line 2:2): unexpected token '],
    ['a list as the body', '[]', 'syntax error (line 1:1): unexpected token ['],
    ['null as the body', 'null', 'syntax error (line 1:1): unexpected token null'],
    ['text after the object', '{} x', 'syntax error (line 1:4): invalid value x'],
    ['a second object', '{}\n{}', 'syntax error (line 2:1): unexpected token {'],
    ['an end in the middle', '{"value": [', 'unexpected EOF'],
    ['an end in a string', '{"val', 'unexpected EOF'],
    ['a trailing comma', '{"value": [],}', 'syntax error (line 1:14): unexpected token }'],
    ['a missing comma', '{"value": [] "a": 1}', 'syntax error (line 1:14): unexpected token "a"'],
    [
      'a missing colon',
      '{"value" []}',
      'syntax error (line 1:10): unexpected character [, missing ":" after field name',
    ],
    ['a name without quotes', '{value: []}', 'syntax error (line 1:2): invalid value value'],
    ['a comment', '{\n  # hello\n}', 'syntax error (line 2:3): invalid value #'],
    ['a line break in a string', '{"value": ["a\nb"]}', "syntax error (line 1:12): invalid character '\\n' in string"],
    ['an unknown escape', '{"value": ["\\x"]}', 'syntax error (line 1:12): invalid escape code "\\\\x" in string'],
    [
      'half a surrogate pair',
      '{"value": ["\\ud83d      "]}',
      'syntax error (line 1:12): invalid escape code "      " in string',
    ],
    ['a column after wide characters', '{"漢😀": 1, x}', 'syntax error (line 1:11): invalid value x'],
    ['a number with a leading zero', '{"value": [01]}', 'syntax error (line 1:12): invalid value 01'],
    ['a byte order mark', '\ufeff{}', 'syntax error (line 1:1): invalid value \ufeff'],
    [
      'bytes that are no UTF-8 in a string',
      Buffer.from('{"a": "é\xff"}', 'latin1'),
      'syntax error (line 1:7): invalid UTF-8 in string',
    ],
    [
      'a cut character at the end of a string',
      Buffer.from('{"a": "\xe6\xbc"}', 'latin1'),
      'syntax error (line 1:7): invalid UTF-8 in string',
    ],
  ];
  for (const [title, text, problem] of problems) {
    it(`names the place of ${title}`, () => assert.equal(problemOf(text), problem));
  }

  it('takes U+FFFD itself as the character it is', () => assert.equal(read('"\ufffd"'), '\ufffd'));

  it('refuses nesting deeper than its limit at once', () => {
    const deep = (levels: number) => `{"value": ${'['.repeat(levels)}${']'.repeat(levels)}}`;
    assert.equal(problemOf(deep(MAXIMUM_JSON_DEPTH - 1)), 'none');
    assert.match(problemOf(deep(10_000)), /exceeded max recursion depth/);
    assert.match(problemOf(`{"other": ${'{"a":'.repeat(10_000)}`), /exceeded max recursion depth/);
  });

  it('keeps a name __proto__ as plain data', () => {
    const value = read('{"__proto__": {"polluted": true}}') as Record<string, unknown>;
    assert.deepEqual(Object.keys(value), ['__proto__']);
    assert.equal(({} as Record<string, unknown>).polluted, undefined);
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
