import { render } from '../messages/message.ts';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { GitLabProtectedBranch } from './gitlab-api.ts';
import { describeRule, pushRule, roleName, ruleMatches } from './gitlab-push-rule.ts';

const role = (level: number, description: string) => ({ access_level: level, access_level_description: description });

type Levels = readonly GitLabProtectedBranch['push_access_levels'][number][];

function rules(...entries: readonly (readonly [string, Levels])[]): GitLabProtectedBranch[] {
  return entries.map(([name, levels]) => ({ name, push_access_levels: [...levels] }));
}

describe('pattern of a protected branch', () => {
  for (const [pattern, matchesMain] of [
    ['main', true],
    ['*', true],
    ['ma*', true],
    ['*in', true],
    ['m*i*n', true],
    ['**', true],
    ['Main', false],
    ['mai', false],
    ['maint*', false],
    ['m.in', false],
    ['main*x', false],
    ['release/*', false],
  ] as const) {
    it(`${pattern} ${matchesMain ? 'matches' : 'does not match'} main`, () => {
      assert.equal(ruleMatches(pattern, 'main'), matchesMain);
    });
  }

  it('takes every character but the asterisk literally', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (pattern, branch) => {
        const plain = pattern.replaceAll('*', '');
        assert.equal(ruleMatches(plain, branch), plain === branch);
        assert.equal(ruleMatches(`${plain}*`, plain + branch), true);
      }),
    );
  });
});

describe('who may push', () => {
  it('is every Developer while no rule matches the branch', () => {
    const rule = pushRule(rules(['release/*', [role(40, 'Maintainers')]]), 'main');
    assert.equal(rule, undefined);
    assert.equal(render(describeRule(rule), 'en'), 'those with at least the role Developer');
  });

  it('is no one when the rule allows nobody', () => {
    assert.equal(render(describeRule(pushRule(rules(['main', [role(0, 'No one')]]), 'main')), 'en'), 'no one');
    assert.equal(render(describeRule(pushRule(rules(['main', []]), 'main')), 'en'), 'no one');
  });

  it('follows the most permissive of several rules, whatever their order', () => {
    const strict = ['main', [role(0, 'No one')]] as const;
    const wide = ['ma*', [role(30, 'Developers + Maintainers')]] as const;
    const narrow = ['*', [role(40, 'Maintainers')]] as const;
    for (const order of [
      [strict, wide, narrow],
      [narrow, wide, strict],
    ]) {
      assert.equal(pushRule(rules(...order), 'main')?.role, 30);
    }
  });

  it('names users and groups besides roles, and counts no deploy key as a role', () => {
    const levels = [
      { ...role(40, 'Ada Example'), user_id: 7 },
      { ...role(40, 'platform / operators'), group_id: 9, user_id: null },
      { ...role(40, 'Deploy key'), deploy_key_id: 3 },
      { ...role(0, 'No one'), user_id: null, group_id: null },
    ];
    const rule = pushRule(rules(['main', levels]), 'main');
    assert.equal(rule?.role, undefined);
    assert.equal(render(describeRule(rule), 'en'), 'Ada Example, platform / operators, Deploy key');
  });
});

describe('name of a role', () => {
  for (const [level, name] of [
    [0, 'no role'],
    [10, 'Guest'],
    [20, 'Reporter'],
    [30, 'Developer'],
    [35, 'Developer'],
    [40, 'Maintainer'],
    [50, 'Owner'],
    [60, 'Administrator'],
  ] as const) {
    it(`of ${level} is ${name}`, () => assert.equal(render(roleName(level), 'en'), name));
  }
});
