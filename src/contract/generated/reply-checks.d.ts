import type { ViewName } from '../views.ts';

/** Whether the content of a reply has the form that its schema describes, by the clients' name for the reply. */
export const replyChecks: Readonly<Record<ViewName, (content: unknown) => boolean>>;
