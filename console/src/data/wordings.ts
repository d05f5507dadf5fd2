import { renderAction } from '../../../src/messages/action.ts';
import { actionFromJson } from '../../../src/messages/from-json.ts';
import type { Language } from '../../../src/messages/text.ts';
import type { ActionData } from './api.ts';

export { stageRows } from '../../../src/progress/stage-rows.ts';

/** The action in words; undefined for one of another version of the server. */
export function actionText(action: ActionData, language: Language): string | undefined {
  const known = actionFromJson(action);
  return known && renderAction(known, 'console', language);
}
