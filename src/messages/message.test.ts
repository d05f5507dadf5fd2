import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { action, renderAction } from './action.ts';
import { readers } from './action-texts.ts';
import { actions } from './actions/index.ts';
import { MAX_TEXT } from './bounds.ts';
import { message, render, verbatim } from './message.ts';
import { allTexts, sampleParams } from './testing.ts';
import { languages, type Text } from './text.ts';

const CHINESE = /[\u4e00-\u9fff]/;
/** Texts that are only what fills them. */
const WITHOUT_WORDS = /^[{}:\w： “”（）]*$/;

describe('every text of the catalogue', () => {
  for (const [id, text] of allTexts) {
    it(`${id} is said in each language with all of its placeholders filled`, () => {
      const params = sampleParams(text.en);
      for (const language of languages) {
        const said = render({ id, params }, language);
        assert.doesNotMatch(said, /[{}]/);
        for (const name of Object.keys(params)) assert.ok(said.includes(`<${name}>`), `${language}: ${name}`);
      }
      if (!WITHOUT_WORDS.test(text.zh)) assert.match(text.zh, CHINESE);
      assert.doesNotMatch(text.en, CHINESE);
    });
  }
});

describe('every action', () => {
  for (const [id, wordings] of Object.entries(actions)) {
    it(`${id} is said to each reader in each language`, () => {
      const texts: readonly Text[] = 'en' in wordings ? [wordings] : Object.values(wordings);
      for (const text of texts) {
        if (!WITHOUT_WORDS.test(text.zh)) assert.match(text.zh, CHINESE);
        assert.doesNotMatch(text.en, CHINESE);
      }
      const params = sampleParams(texts.map(({ en }) => en).join(' '));
      for (const reader of readers) {
        for (const language of languages) {
          const said = renderAction({ id, params }, reader, language) ?? '';
          assert.notEqual(said, '');
          assert.doesNotMatch(said, /[{}]/);
        }
      }
    });

    it(`${id} speaks of requests only to programs, of commands of nautes only on the command line`, () => {
      const said = (reader: (typeof readers)[number]): string => {
        if ('en' in wordings) return wordings.en + wordings.zh;
        const text = 'api' in wordings ? wordings[reader] : undefined;
        return text === undefined ? '' : text.en + text.zh;
      };
      assert.doesNotMatch(
        said('cli') + said('console'),
        /\b(GET|POST|PUT|DELETE) \/|[?&]\w+=(true|false)|\bIf-Match\b/,
      );
      // What those who run the server do there has no page.
      assert.doesNotMatch(
        said('console'),
        /nautes (?!server|token|vault|secrets|ca)\w+ |--(force|kubeconfig|insecure)/,
      );
    });
  }
});

describe('a message', () => {
  it('is said with the messages and lists within it in the same language', () => {
    const said = message('About', { subject: message('stage.Reachable'), what: verbatim('x') });
    assert.equal(render(said, 'en'), 'Reachable: x');
    assert.equal(render(said, 'zh'), '连接集群：x');
    const several = { id: 'Text', params: { text: [verbatim('a'), verbatim('b')] } };
    assert.equal(render(several, 'en'), 'a; b');
    assert.equal(render(several, 'zh'), 'a；b');
    assert.equal(render({ id: 'Text', params: { text: ['a', 'b'] } }, 'zh'), 'a、b');
  });

  it('does not fill placeholders that stand in what fills it', () => {
    assert.equal(render(message('About.name', { name: '{what}', what: verbatim('{name}') }), 'en'), '{what}: {name}');
  });

  it('of another version is shown as its id and params', () => {
    assert.equal(render({ id: 'NotKnown', params: { name: 'a' } }, 'zh'), 'NotKnown (name: a)');
    assert.equal(render({ id: 'toString', params: {} }, 'en'), 'toString');
    assert.equal(renderAction({ id: 'toString', params: {} }, 'cli', 'en'), undefined);
  });

  it('cuts long words', () => {
    assert.equal(render(verbatim('x'.repeat(MAX_TEXT + 1)), 'en').length, MAX_TEXT);
    const advice = action('Advice', { text: 'y'.repeat(MAX_TEXT + 1) });
    assert.equal(renderAction(advice, 'api', 'zh')?.length, MAX_TEXT);
  });
});
