import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NautesError } from '../../errors/errors.ts';
import { message } from '../../messages/message.ts';
import { conditionTypes } from '../../resources/condition.ts';
import { phases } from '../../resources/phase.ts';
import { describeError } from '../invocation/failure.ts';
import { Terminal } from '../output/terminal.ts';
import { allCommands, buildProgram } from '../program.ts';
import { textsIn } from './all-texts.ts';
import { remedyText } from './remedy.ts';
import { chooseLanguage } from './language.ts';

const CHINESE = /[\u4e00-\u9fff]/;

describe('errors that the command line finds itself', () => {
  it('are in the language of the reader, what is wrong included', () => {
    const problem = message('Connection.timeout');
    const error = new NautesError('ServerUnreachable', { server: 'https://a', problem });
    assert.equal(describeError(error, textsIn('zh')).message, '无法访问服务器 https://a：那里没有应答');
    assert.equal(
      describeError(error, textsIn('en')).message,
      'the server https://a cannot be reached: nothing answers there',
    );
  });
});

describe('a remedy of the server', () => {
  const known = { remedy: 'Send ?force=true.', action: { id: 'RemoveOrForce', params: { others: ['two'] } } };

  it('speaks of flags where the API speaks of parameters, in both languages', () => {
    for (const language of ['en', 'zh'] as const) {
      const text = remedyText(known, language);
      assert.match(text, /--force/);
      assert.equal(CHINESE.test(text), language === 'zh');
    }
  });

  it('is shown in the words of the server where its action is of a newer version', () => {
    const remedy = { remedy: '请重启它。', action: { id: 'OfANewerVersion', params: {} } };
    assert.equal(remedyText(remedy, 'en'), '请重启它。');
    assert.equal(remedyText({ remedy: 'Do something.' }, 'zh'), 'Do something.');
    assert.equal(remedyText({}, 'zh'), '');
  });
});

describe('names of the API in Chinese', () => {
  it('exist for every type of condition and every phase', () => {
    const { words } = textsIn('zh');
    for (const type of conditionTypes) assert.match(words.subject(type), CHINESE, type);
    for (const phase of phases) assert.match(words.phase(phase), CHINESE, phase);
  });
});

describe('help', () => {
  const program = (language: 'en' | 'zh') =>
    buildProgram({ version: '1', language, texts: textsIn(language), environment: {}, terminal: new Terminal({}) });

  it('describes every command, argument and option, in Chinese too', async () => {
    const [english, chinese] = [allCommands(await program('en')), allCommands(await program('zh'))];
    assert.equal(english.length, chinese.length);
    for (const [index, command] of chinese.entries()) {
      if (command.name().startsWith('__')) continue;
      assert.match(command.description(), CHINESE, command.name());
      const parts = [...command.options, ...command.registeredArguments];
      for (const { description } of parts) assert.match(description, CHINESE, `${command.name()}: ${description}`);
      const same = english[index];
      for (const { description, long } of same?.options ?? [])
        assert.ok(description !== '', `${command.name()} ${long}`);
    }
  });
});

describe('the language', () => {
  const cases: readonly (readonly [readonly string[], NodeJS.ProcessEnv, string])[] = [
    [[], {}, 'en'],
    [[], { LANG: 'zh_CN.UTF-8' }, 'zh'],
    [[], { LANG: 'zh_CN.UTF-8', LC_ALL: 'C.UTF-8' }, 'en'],
    [[], { LANG: 'de_DE.UTF-8', LC_MESSAGES: 'zh_TW' }, 'zh'],
    [['get', '--lang', 'zh'], { LANG: 'en_US.UTF-8' }, 'zh'],
    [['--lang=en', 'get'], { LANG: 'zh_CN' }, 'en'],
    [['login', 'x', '--', 'tool', '--lang', 'zh'], {}, 'en'],
  ];
  for (const [args, environment, language] of cases) {
    it(`is ${language} for ${JSON.stringify([args, environment])}`, () => {
      assert.equal(chooseLanguage(args, environment), language);
    });
  }
});
