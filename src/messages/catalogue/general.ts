import { texts } from '../text.ts';

export const general = texts({
  /** Only for the words of a peer and for texts that an earlier version has stored. */
  Text: { en: '{text}', zh: '{text}' },
  /** A message about one of several things, which is named first. */
  About: { en: '{subject:message}: {what:message}', zh: '{subject:message}：{what:message}' },
  'About.version': { en: '{name} {version}: {what:message}', zh: '{name} {version}：{what:message}' },
  /** Messages about several things. */
  Several: { en: '{each:messages}', zh: '{each:messages}' },
  /** The same of something with a name of its own, e.g. a component. */
  'About.name': { en: '{name}: {what:message}', zh: '{name}：{what:message}' },
});
