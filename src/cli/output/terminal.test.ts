import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cleanLine, cleanLines, safeJson } from './clean.ts';
import { parseJsonPath } from './jsonpath.ts';
import { printerFor } from './print-objects.ts';
import { shown, TerminalText } from './terminal-text.ts';

/** One of each kind that a terminal acts upon, or that changes how the text around it is read. */
const UNSAFE =
  '0 7 8 1b 7f 80 85 9b 9d ad 61c 200b 200d 200e 202e 2060 2066 2069 feff 2028 2029 fff9 e0041 d800 d dc00 a 9'
    .split(' ')
    .map((code) => String.fromCodePoint(Number.parseInt(code, 16)));

const hasUnsafe = (text: string): boolean =>
  !text.isWellFormed() || UNSAFE.some((character) => character.isWellFormed() && text.includes(character));

describe('text for a terminal', () => {
  it('has nothing that a terminal acts upon, whatever it was', () => {
    for (const character of UNSAFE) {
      const clean = cleanLine(`a${character}b`);
      assert.match(clean, /^a[ \ufffd]b$/u, JSON.stringify(character));
    }
    assert.equal(cleanLine('one\r\ntwo\ttabs'), 'one two tabs');
    assert.equal(cleanLines('one\ntwo\x1b[2J'), 'one\ntwo\ufffd[2J');
    assert.equal(cleanLine('集群 ✓ é ❤️ 👍🏽'), '集群 ✓ é ❤️ 👍🏽');
  });

  it('keeps colours that were asked for, and none that came with what was put into it', () => {
    const text = shown`${TerminalText.painted('red', 'a\x1b[1mb')} c${'\x1b[2J\nd'}`;
    assert.equal(text.escaped, '\x1b[31ma\ufffd[1mb\x1b[0m c\ufffd[2J d');
    assert.equal(text.width, 'a?[1mb c?[2J d'.length);
    assert.equal(TerminalText.of(String(TerminalText.painted('red', 'x'))).escaped, '\ufffd[31mx\ufffd[0m');
  });

  it('is cleaned once and not twice: cleaning changes nothing that is clean', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...UNSAFE));
    fc.assert(
      fc.property(fc.array(text), (parts) => {
        const clean = cleanLine(parts.join(''));
        assert.ok(!hasUnsafe(clean), JSON.stringify(clean));
        assert.equal(cleanLine(clean), clean);
        assert.equal(shown`${clean}`.escaped, clean);
      }),
    );
  });
});

describe('forms for programs', () => {
  const hostile = { name: `one\ncluster/two${UNSAFE.join('')}`, list: [UNSAFE.join('')] };
  const asItIs = (text: string): string => text;

  it('are the same values in JSON, with everything escaped that a terminal acts upon', () => {
    const text = printerFor('json', { name: 'Cluster' })?.([hostile], true, asItIs) ?? '';
    assert.deepEqual(JSON.parse(text), hostile);
    assert.ok(!hasUnsafe(text.replaceAll('\n', '')), text);
    assert.ok(!hasUnsafe(safeJson(hostile)));
  });

  it('have one line for a name, whatever it holds', () => {
    const text = printerFor('name', { name: 'Cluster' })?.([hostile], true, asItIs) ?? '';
    assert.match(text, /^cluster\/one cluster\/two[^\n]*\n$/);
  });

  it('have the line ends of a template on a terminal, and everything as it is in a pipe', () => {
    const template = parseJsonPath('{range .items[*]}{.name}{"\\n"}{end}');
    const value = { items: [hostile, { name: 'x' }] };
    assert.equal(template.render(value), `${hostile.name}\nx\n`);
    assert.match(template.render(value, cleanLine), /^one cluster\/two[^\n]*\nx\n$/);
  });
});

describe('the streams of the process', () => {
  const ROOT = join(import.meta.dirname, '../../..');
  const WRITERS: Readonly<Record<string, string>> = {
    'src/cli/output/terminal.ts': 'cleans what it writes',
    'src/server/services/log/logger.ts': 'has JSON lines, and cleans plain ones',
  };
  const STREAMS =
    /\bprocess\s*(?:\.|\[['"])\s*(?:stdout|stderr)\b|\bstd(?:out|err)\b[^=\n]*\}\s*=\s*process\b|\bconsole\s*\.\s*\w+\(/;

  it('are written in one place', async () => {
    const found: string[] = [];
    for await (const file of glob('src/**/*.ts', { cwd: ROOT })) {
      if (file.endsWith('.test.ts') || file.includes('/testing/')) continue;
      const source = (await readFile(join(ROOT, file), 'utf8')).replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      if (STREAMS.test(source)) found.push(file);
    }
    assert.deepEqual(found.sort(), Object.keys(WRITERS).sort());
  });
});
