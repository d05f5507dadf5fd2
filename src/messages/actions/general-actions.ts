import { actionTexts } from '../action-texts.ts';

export const generalActions = actionTexts({
  TryAgain: { en: 'Try again.', zh: '请再试一次。' },
  /** Advice that an earlier version has stored, or that a peer gives. */
  Advice: { en: '{text}', zh: '{text}' },
  DeleteWithForce: {
    api: { en: 'Delete it with ?force=true to end at once.', zh: '用 ?force=true 再次删除可立即结束。' },
    cli: { en: 'Delete it with --force to end at once.', zh: '用 --force 再次删除可立即结束。' },
    console: { en: 'Delete it again without waiting to end at once.', zh: '再次删除并选择不等待，可立即结束。' },
  },
});
