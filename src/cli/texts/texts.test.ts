import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { actions } from '../../messages/actions/index.ts';
import { NautesError } from '../../errors/errors.ts';
import { Terminal } from '../output/terminal.ts';
import { allCommands, buildProgram } from '../program.ts';
import { chinesePhrases } from './chinese-phrases.ts';
import { textsIn } from './all-texts.ts';
import { chooseLanguage } from './language.ts';

const CHINESE = /[\u4e00-\u9fff]/;
const placesOf = (text: string): readonly string[] =>
  [...text.matchAll(/\{(\w+)(?::\w+)?\}/g)].map(([place]) => place).sort();

describe('errors in Chinese', () => {
  it('an error that was thrown here is filled in', () => {
    const { words } = textsIn('zh');
    const error = new NautesError('ServerUnreachable', { server: 'https://a', problem: 'nothing answers there' });
    assert.equal(words.error(error).message, '无法访问服务器 https://a：那里没有应答');
  });
});

describe('what the server says in Chinese', () => {
  const { words } = textsIn('zh');
  const said: readonly (readonly [string, string])[] = [
    ['nothing accepts connections at 127.0.0.1:1', '127.0.0.1:1 没有程序接受连接'],
    ['Reachable: nothing accepts connections at 127.0.0.1:1', '连接集群：127.0.0.1:1 没有程序接受连接'],
    [
      'nothing accepts connections at 127.0.0.1:1. Check that the API server runs and that the address and port are right.',
      '127.0.0.1:1 没有程序接受连接。请检查 API server 是否运行，地址和端口是否正确。',
    ],
    ['waits for Reachable: ClusterTimeout', '等待“连接集群”'],
    [
      '33 of 34 ready, Deployment a/b: 0 of 1 replicas are available',
      '34 个对象中 33 个就绪，Deployment a/b：1 个副本中 0 个可用',
    ],
    [
      'vcluster 0.36.1: 7 of 8 ready, StatefulSet a/b: 0 of 1 replicas are ready',
      'vcluster 0.36.1：8 个对象中 7 个就绪，StatefulSet a/b：1 个副本中 0 个就绪',
    ],
    ['argocd v3.5.1-x: its objects are being applied', 'argocd v3.5.1-x：正在应用其对象'],
    [
      'hnc v1: 7 of 11 ready, CustomResourceDefinition a.b: its kind is not served yet',
      'hnc v1：11 个对象中 7 个就绪，CustomResourceDefinition a.b：其 kind 还不可用',
    ],
    ['value length must be at least 1 runes. Give api_server.', '不能为空。请给出 api_server。'],
    ['components_list.gateway is not used', '没有使用 components_list.gateway'],
    [
      'the admission webhook a.b.io does not answer: no namespace can be created or deleted',
      '准入 webhook a.b.io 没有应答：不能创建或删除 namespace',
    ],
    ['words that nobody knows', 'words that nobody knows'],
    ['', ''],
  ];
  for (const [english, chinese] of said) {
    it(`${JSON.stringify(english)} is ${JSON.stringify(chinese)}`, () =>
      assert.equal(words.message('X', english), chinese));
  }

  it('no phrase asks for a place that the English one does not have', () => {
    for (const [from, to] of chinesePhrases) {
      for (const place of placesOf(to)) assert.ok(placesOf(from).includes(place), `${from}: ${place}`);
    }
  });

  it('a remedy speaks of flags where the server’s speaks of HTTP, in both languages', () => {
    for (const language of ['en', 'zh'] as const) {
      const { words: spoken } = textsIn(language);
      assert.match(spoken.remedy('CLUSTER_IN_USE', actions.RemoveOrForce.api.en), /--force/);
      assert.match(spoken.remedy('ClusterInUse', actions.RemoveOrForce.api.en), /--force/);
    }
    assert.equal(words.remedy('AnythingElse', 'Do something.'), 'Do something.');
  });
});

describe('help', () => {
  const program = (language: 'en' | 'zh') =>
    buildProgram({ version: '1', language, texts: textsIn(language), environment: {}, terminal: new Terminal({}) });

  it('describes every command, argument and option, in Chinese too', () => {
    const [english, chinese] = [allCommands(program('en')), allCommands(program('zh'))];
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
