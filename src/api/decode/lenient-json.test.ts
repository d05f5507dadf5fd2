import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NautesError } from '../../errors/errors.ts';
import { render } from '../../messages/message.ts';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { readShared, sharedMissing } from '../testing/samples.ts';
import { errorReply } from '../wire/error-reply.ts';
import { decodeText } from './json-text.ts';
import { LenientJsonError, readLenientJson } from './lenient-json.ts';
import { decodeDocument, type MessageSchema } from './message.ts';
import { decodeSaveRequest, type SaveRequest } from './save-request.ts';

const ANY: MessageSchema = { properties: { value: { type: 'object', additionalProperties: { type: 'array' } } } };
const TEXT = { properties: { text: { type: 'string' }, other: { type: 'string' } } };

function read(text: string, schema: MessageSchema = ANY): Record<string, unknown> {
  return decodeDocument(readLenientJson(decodeText(Buffer.from(text))), schema).message;
}

function warningsOf(text: string): readonly string[] {
  return readLenientJson(decodeText(Buffer.from(text))).warnings.map((warning) => render(warning, 'en'));
}

function problemOf(text: string | Buffer): string {
  try {
    readLenientJson(decodeText(Buffer.from(text)));
  } catch (error) {
    assert.ok(error instanceof LenientJsonError);
    return error.message;
  }
  return 'none';
}

/** The object over several lines, with liberties taken where the choices say so. */
function decorate(value: Readonly<Record<string, unknown>>, choose: () => boolean): string {
  const members = Object.entries(value).map(([name, member], index, all) => {
    const comment = choose() ? '  # 注释 "}" {\n' : '';
    const last = index === all.length - 1;
    const comma = choose() !== last ? ',' : '';
    return `${comment}  ${JSON.stringify(name)}: ${JSON.stringify(member)}${comma}\n`;
  });
  return `{\n${members.join('')}}`;
}

describe('lenient JSON', () => {
  it('reads what is JSON the same, without a warning', () => {
    const objects = fc.dictionary(fc.string(), fc.array(fc.jsonValue({ maxDepth: 3 })));
    fc.assert(
      fc.property(objects, fc.constantFrom(0, 2), (value, indentation) => {
        const json = JSON.stringify({ value }, undefined, indentation);
        assert.deepEqual(read(json).value, JSON.parse(json).value);
        assert.deepEqual(warningsOf(json), []);
      }),
    );
  });

  it('reads comments, missing and trailing commas as if they were not there', () => {
    const objects = fc.dictionary(fc.string(), fc.array(fc.jsonValue({ maxDepth: 2 })));
    fc.assert(
      fc.property(objects, fc.infiniteStream(fc.boolean()), (value, choices) => {
        const text = `{"value": ${decorate(value, () => choices.next().value === true)}}`;
        assert.deepEqual(read(text).value, JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('reads a block as YAML reads a literal', () => {
    const text = '{\n  "text": | \n     a: 1\n       b: "x" # no comment\n\n     c\n  "other": "o"\n}';
    assert.deepEqual(read(text, TEXT), { text: 'a: 1\n  b: "x" # no comment\n\nc\n', other: 'o' });
    assert.deepEqual(read('{"text": |\r\n  a\r\n  b\r\n}', TEXT), { text: 'a\nb\n' });
  });

  it('reads a word without quotes as a string, unless it is JSON', () => {
    assert.deepEqual(read('{"text": https://10.0.0.1:6443, "other": a.b}', TEXT), {
      text: 'https://10.0.0.1:6443',
      other: 'a.b',
    });
    const schema = { properties: { text: { type: 'string' }, port: { anyOf: [] }, flag: { type: 'boolean' } } };
    const body = '{\n"text": 10.0.0.1 # comment\n"port": 31456,\n"flag": true,\n}';
    assert.deepEqual(read(body, schema), { text: '10.0.0.1', port: '31456', flag: true });
  });

  const pasted = 'apiVersion: v1\nclusters:\n- cluster:\n    server: https://a\n  name: "b"\nkind: Config\n';
  const indented = pasted.trimEnd().replaceAll(/^/gm, '      ');
  for (const [title, value] of [
    ['behind the name', ` ${pasted}`],
    ['behind the name, the lines below indented', ` ${indented.trimStart()}\n`],
    ['below the name', `\n${pasted}`],
    ['below the name, indented', `\n${indented}\n`],
    ['below a bar without indentation', ` |\n${pasted}`],
    ['below a bar', ` |\n${indented}\n`],
  ] as const) {
    it(`reads a kubeconfig that is pasted ${title}`, () => {
      assert.deepEqual(read(`{\n    "text":${value}    "other": "o"\n}`, TEXT), { text: pasted, other: 'o' });
      assert.deepEqual(read(`{\n    "other": o,\n    "text":${value}}`, TEXT), { text: pasted, other: 'o' });
    });
  }

  it('names the place of a mistake in message and remedy, whatever stands before it', () => {
    const body = '{\n  # comment\n  "api_server": https://a\n  "cluster_kind": $kind\n}';
    const { message, metadata } = refusalOf(body);
    assert.equal(message, 'body unmarshal proto: syntax error (line 4:19): unexpected token $');
    assert.deepEqual(
      [metadata['line'], metadata['column'], metadata['expected']],
      ['4', '19', 'a value in place of $kind'],
    );
    assert.match(metadata['remedy'] ?? '', /line 4, column 19/);
  });

  it('says what it took and where first', () => {
    assert.deepEqual(warningsOf('{\n# c\n"a": 1\n"b": |\n  x\n"c": [],\n}'), [
      'the body is not JSON: it has comments, first in line 2',
      'the body is not JSON: it has missing commas, first in line 4',
      'the body is not JSON: it has a "|" block, first in line 4',
      'the body is not JSON: it has trailing commas, first in line 6',
    ]);
  });

  const problems: readonly (readonly [string, string | Buffer, string])[] = [
    ['no object', '[]', 'line 1, column 1: "{" expected'],
    ['members in one line without a comma', '{"a": 1 "b": 2}', 'line 1, column 9: "," or "}" expected'],
    ['two commas', '{"a": 1,\n,}', 'line 2, column 1: the name of a field in double quotes or "}" expected'],
    ['a name without quotes', '{\n  a: 1}', 'line 2, column 3: the name of a field in double quotes or "}" expected'],
    ['a value in single quotes', `{"a": 'b'}`, 'line 1, column 7: a value (a string needs double quotes) expected'],
    ['several words without quotes', '{"a": b c}', 'line 1, column 9: "," or "}" expected'],
    ['a placeholder', '{"a": $api_server}', 'line 1, column 7: a value in place of $api_server expected'],
    ['an equals sign', '{"a" = 1}', 'line 1, column 6: ":" expected'],
    ['items without a comma', '{"a": [1\n2]}', 'line 2, column 1: "," or "]" expected'],
    [
      'a block that is not indented',
      '{\n  "a": |\n  b\n}',
      'line 2, column 8: lines that are indented deeper than the field expected',
    ],
    ['text after the bar', '{"a": | b\n}', 'line 1, column 7: the end of the line after "|" expected'],
    ['a block in a list', '{"a": [|\n  b\n]}', 'line 1, column 8: a value (a string needs double quotes) expected'],
    ['text after the object', '{} x', 'line 1, column 4: the end of the body expected'],
    ['a missing end', '{"a": 1\n', 'line 2, column 1: the name of a field in double quotes or "}" expected'],
    ['a comment that is no UTF-8', Buffer.from('{ # \xff\n}', 'latin1'), 'line 1, column 3: UTF-8 expected'],
    ['a block that is no UTF-8', Buffer.from('{"a": |\n  \xff\n}', 'latin1'), 'line 1, column 7: UTF-8 expected'],
  ];
  for (const [title, text, problem] of problems) {
    it(`names the place of ${title}`, () => assert.equal(problemOf(text), problem));
  }

  it('reads a body of one long line in one pass', { timeout: 30_000 }, async () => {
    const members = Array.from({ length: 170_000 }, (_, index) => `"${index}":[],`).join('');
    const source = readLenientJson(decodeText(Buffer.from(`{"value":{${members}}}`)));
    let names = 0;
    for (let token = source.read(); token.kind !== 'end'; token = source.read()) if (token.kind === 'name') names += 1;
    assert.equal(names, 170_001);
    await setImmediate(); // lets a timeout that has passed be seen
  });

  it('refuses deep nesting', () => assert.match(problemOf(`{"a": ${'['.repeat(10_000)}`), /objects within each other/));
});

/** How a save with this body is refused on the wire. */
function refusalOf(body: string): { readonly message: string; readonly metadata: Readonly<Record<string, string>> } {
  try {
    decode(body);
  } catch (error) {
    assert.ok(error instanceof NautesError);
    const { message, metadata } = errorReply(error, '', 'en');
    return { message, metadata };
  }
  throw new Error('accepted');
}

const PLACEHOLDERS: Readonly<Record<string, string>> = {
  $api_server_port: '"31456"',
  $api_server: '"https://127.0.0.1:6443"',
  $cluster_type: '"physical"',
  $usage: '"worker"',
  $host_cluster: '"cluster-host"',
  $cluster_ip: '127.0.0.1',
  $suffix: 'one',
  $kubeconfig: '"apiVersion: v1"',
};

/** The bodies of the save requests of the user guide, in the order in which they stand there. */
function guideBodies(): string[] {
  const guide = readShared('seed/register-runtime-cluster.zh.md');
  return [...guide.matchAll(/-d '(\{.*?\n\s*\})'/gs)].map(([, body = '']) =>
    body.replace(/\$\w+/g, (placeholder) => PLACEHOLDERS[placeholder] ?? placeholder),
  );
}

function decode(body: string): SaveRequest {
  return decodeSaveRequest('cluster-demo', Buffer.from(body), 'application/json', new Map());
}

describe('the request bodies of the user guide', { skip: sharedMissing }, () => {
  const bodies = sharedMissing ? [] : guideBodies();

  it('are six, and one of them is JSON', () => {
    assert.equal(bodies.length, 6);
    assert.equal(bodies.filter((body) => decode(body).warnings.length === 0).length, 1);
  });

  for (const [index, body] of bodies.entries()) {
    it(`are understood: number ${index + 1}`, () => {
      const { draft } = decode(body);
      assert.match(draft.apiServer, /^https:\/\/[0-9.]+:[0-9]+$/);
      assert.equal(draft.clusterKind, 'kubernetes');
      assert.ok(draft.usage === 'host' || draft.workerType === 'deployment');
    });
  }

  it('keep the kubeconfig block as YAML, without its indentation', () => {
    for (const body of [bodies[1] ?? '', bodies[3] ?? '']) {
      const kubeconfig = decode(body).draft.kubeconfig?.reveal() ?? '';
      assert.match(kubeconfig, /^apiVersion: v1\nclusters:\n- cluster:\n {4}certificate-authority-data: \w+/);
      assert.match(kubeconfig, /\n {4}client-key-data: [\w=]+\n$/);
    }
  });

  it('carry the settings of 0.2 to where 0.4 has them', () => {
    const physical = decode(bodies[1] ?? '').draft;
    assert.equal(physical.components.deployment?.additions.host, 'argocd.host-worker-aliyun-0412.8.217.50.114.nip.io');
    assert.deepEqual(physical.components.gateway?.additions, { httpNodePort: '30080', httpsNodePort: '30443' });
    const virtual = decode(bodies[5] ?? '').draft;
    assert.equal(virtual.vclusterNodePort, '31456');
    assert.equal(virtual.hostCluster, 'cluster-host');
    assert.equal(virtual.components.gateway, undefined);
  });
});
