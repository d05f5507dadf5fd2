import { untilServerAnswers } from './server-answers.ts';

/**
 * Loads a part of the console that is a file of its own; while the server is away, it is tried again once that answers.
 * Fails when the file is not there although the server answers, e.g. after an upgrade.
 */
export function patiently<Module>(load: () => Promise<Module>): () => Promise<Module> {
  return async () => {
    for (;;) {
      try {
        return await load();
      } catch (error) {
        if (!(await untilServerAnswers())) throw error;
        loadStylesAgain();
      }
    }
  };
}

/** A style sheet that could not be loaded is not asked for again by itself. */
function loadStylesAgain(): void {
  for (const link of document.querySelectorAll<HTMLLinkElement>('link[rel=stylesheet]')) {
    if (link.sheet === null) link.replaceWith(link.cloneNode());
  }
}
