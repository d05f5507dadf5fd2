import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseTemplate, placeholdersIn } from './template.ts';

describe('parseTemplate', () => {
  it('reads texts and placeholders in their order', () => {
    assert.deepEqual(parseTemplate('https://${additions.host}:${gateway.httpsNodePort}/'), [
      'https://',
      { fact: 'additions.host', form: 'text' },
      ':',
      { fact: 'gateway.httpsNodePort', form: 'text' },
      '/',
    ]);
    assert.deepEqual(parseTemplate('${gateway.httpNodePort|number}'), [
      { fact: 'gateway.httpNodePort', form: 'number' },
    ]);
    assert.deepEqual(parseTemplate(''), []);
  });

  it('unescapes $${ to a literal ${', () => {
    assert.deepEqual(parseTemplate('echo $${HOME} in ${cluster.name}'), [
      'echo ${HOME} in ',
      { fact: 'cluster.name', form: 'text' },
    ]);
    assert.deepEqual(parseTemplate('$5 and $${'), ['$5 and ${']);
  });

  it('rejects malformed placeholders', () => {
    for (const text of [
      '${HOME}',
      '${cluster name}',
      '${cluster.name|upper}',
      '${}',
      '${cluster.',
      'a${',
      '${a.b}${',
    ]) {
      assert.throws(() => parseTemplate(text), /\$\$\{ stands for a literal/, text);
    }
  });

  it('rejects a number within a text, and two lists in one', () => {
    assert.throws(() => parseTemplate('port ${gateway.httpNodePort|number}'), /needs a text of its own/);
    assert.throws(() => parseTemplate('${cluster.namespaces|each}-${cluster.namespaces|each}'), /only once/);
  });

  it('keeps any text that is escaped', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parts = parseTemplate(text.replaceAll('${', () => '$${'));
        // A `$` before an escaped placeholder is the one case in which escaping is ambiguous.
        fc.pre(!text.includes('$${'));
        assert.deepEqual(parts, text === '' ? [] : [text]);
      }),
    );
  });
});

describe('placeholdersIn', () => {
  it('finds them at any depth with their path, and not in keys', () => {
    const value = {
      '${x.y}': 1,
      spec: { ports: [{ nodePort: '${gateway.http|number}' }] },
      args: ['--ns=${a.b|each}'],
    };
    assert.deepEqual(placeholdersIn(value), [
      { fact: 'gateway.http', form: 'number', path: 'spec.ports[0].nodePort' },
      { fact: 'a.b', form: 'each', path: 'args[0]' },
    ]);
  });

  it('names the path of an invalid template', () => {
    assert.throws(() => placeholdersIn({ data: { script: 'echo ${HOME}' } }), /^Error: data\.script: \$\{HOME\} is no/);
    assert.throws(() => placeholdersIn({ data: '${a.b|each}' }), /data: \|each needs an element of a list/);
  });
});
