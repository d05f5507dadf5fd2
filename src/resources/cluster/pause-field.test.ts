import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FieldProblem } from '../field.ts';
import { activePause, type Pause } from './pause.ts';
import { pauseField } from './pause-field.ts';

const PLACE = 'annotation cluster.nautes.io/paused';
const pause: Pause = { by: 'ada', since: '2026-12-01T08:00:00Z', until: '2026-12-01T10:00:00Z', reason: 'new racks' };
const empty: Pause = { by: '', since: '', until: '', reason: '' };

describe('the pause of a cluster', () => {
  it('is read back as it was written', () => {
    for (const one of [pause, empty, { ...pause, until: '' }]) {
      assert.deepEqual(pauseField.decode(pauseField.encode(one), PLACE), one);
    }
  });

  it('can be written by hand, in short', () => {
    assert.deepEqual(pauseField.decode(true, PLACE), empty);
    assert.deepEqual(pauseField.decode('{"until": "2026-12-01T12:00:00+02:00"}', PLACE), {
      ...empty,
      until: '2026-12-01T10:00:00Z',
    });
    assert.equal(pauseField.decode('false', PLACE), undefined);
    assert.equal(pauseField.decode('', PLACE), undefined);
    for (const wrong of ['yes', '{', '[]', '{"until": "soon"}', '{"who": "ada"}', '{"by": 1}']) {
      assert.throws(() => pauseField.decode(wrong, PLACE), FieldProblem, wrong);
    }
  });

  it('is in force until its end', () => {
    const end = Date.parse(pause.until);
    assert.equal(activePause({ paused: pause }, end - 1), pause);
    assert.equal(activePause({ paused: pause }, end), undefined);
    assert.equal(activePause({ paused: empty }, end), empty);
    assert.equal(activePause({}, end), undefined);
  });
});
