import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { CheckedText, Message, ParamArguments, ParamsOf, Placeholder } from './text.ts';

type Same<A, B> = [A, B] extends [B, A] ? true : false;
type Accepts<T, V> = V extends T ? true : false;

/** Checked by the compiler: the values are only there to be assigned. */
const checks = {
  placeholders: true satisfies Same<Placeholder<'{a} of {b:list}: {c:message}'>, 'a' | 'b:list' | 'c:message'>,
  noPlaceholders: true satisfies Same<Placeholder<'nothing'>, never>,
  params: true satisfies Same<
    ParamsOf<'a' | 'b:list' | 'c:message' | 'd:messages'>,
    {
      readonly a: string | number;
      readonly b: readonly string[];
      readonly c: Message;
      readonly d: readonly Message[];
    }
  >,
  paramsCanBeLeftOut: true satisfies Accepts<ParamArguments<never>, []>,
  paramsCannotBeLeftOut: false satisfies Accepts<ParamArguments<'a'>, []>,
  sentenceForMessage: false satisfies Accepts<ParamArguments<'a:message'>, [{ a: string }]>,
  text: true satisfies Same<CheckedText<{ en: '{a}'; zh: '{a}。' }>, { en: '{a}'; zh: '{a}。' }>,
  missing: true satisfies Same<
    CheckedText<{ en: '{a} {b}'; zh: '{a}' }>,
    { readonly zh: 'has to have the placeholders of en: a' | 'has to have the placeholders of en: b' }
  >,
  surplus: false satisfies Accepts<CheckedText<{ en: '{a}'; zh: '{a} {b}' }>, { en: '{a}'; zh: '{a} {b}' }>,
  otherKind: false satisfies Accepts<CheckedText<{ en: '{a:list}'; zh: '{a}' }>, { en: '{a:list}'; zh: '{a}' }>,
  unknownKind: false satisfies Accepts<CheckedText<{ en: '{a:x}'; zh: '{a:x}' }>, { en: '{a:x}'; zh: '{a:x}' }>,
  noLiteral: false satisfies Accepts<CheckedText<{ en: string; zh: '' }>, { en: string; zh: '' }>,
};

it('the types of texts are as they should be when this file compiles', () => {
  assert.equal(checks.placeholders, true);
});
