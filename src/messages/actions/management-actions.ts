import { actionTexts } from '../action-texts.ts';

/** What to do about the management cluster. */
export const managementActions = actionTexts({
  CorrectManagementAccess: {
    cli: {
      en: 'Correct what the key names: a readable kubeconfig with its credential inside, or the service account of a Pod.',
      zh: '请改正该键所指的内容：一个可读且内含凭据的 kubeconfig，或 Pod 的 ServiceAccount。',
    },
  },
});
