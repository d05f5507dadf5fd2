import type { PlanView } from '../../../../src/contract/views.ts';
import { t } from '../../texts/index.ts';
import { type ClusterDraft, withChoice, withSuggestion } from './cluster-draft.ts';

export type Finding = PlanView['findings'][number];

/** What the form can do about a finding with one click. */
export interface FindingRemedy {
  readonly label: string;
  /** What it means; absent where the label says it. */
  readonly about?: string;
  readonly apply: (draft: ClusterDraft) => ClusterDraft;
}

/** The remedies of a finding: a value that would do, or what happens to a component that is on the cluster already. */
export function remediesOf({ suggestion, action, messageId, params }: Finding): readonly FindingRemedy[] {
  if (suggestion !== undefined) {
    const { field, value } = suggestion;
    return [{ label: t('plan.use', { value }), apply: (draft) => withSuggestion(draft, field, value) }];
  }
  if (action?.id === 'TakeOverCluster') {
    return [
      {
        label: t('plan.takeOver'),
        about: t('plan.takeOverAbout'),
        apply: (draft) => ({ ...draft, takeOver: true }),
      },
    ];
  }
  // A component that is declared already is a warning, which has no action.
  const about = action?.id === 'ResolveForeign' ? action.params : messageId === 'ComponentForeign' ? params : undefined;
  const category = about?.['category'];
  if (typeof category !== 'string') return [];
  return (['leaveOut', 'adopt'] as const).map((choice) => ({
    label: t(`form.${choice}`),
    about: t(`choice.${choice}`),
    apply: (draft) => withChoice(draft, category, choice),
  }));
}
