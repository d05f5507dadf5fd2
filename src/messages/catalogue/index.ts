import { errorCatalogue } from '../errors/index.ts';
import { catalogTexts } from './catalog.ts';
import { commandLine } from './command-line.ts';
import { components } from './components.ts';
import { conditions } from './conditions.ts';
import { general } from './general.ts';
import { credentials } from './credentials.ts';
import { objectStates } from './object-states.ts';
import { objects } from './objects.ts';
import { offboarding } from './offboarding.ts';
import { onboarding } from './onboarding.ts';
import { violations, warnings } from './violations.ts';
import { permissions } from './permissions.ts';
import { publishing } from './publishing.ts';
import { network } from './network.ts';
import { gitTexts } from './git.ts';
import { files } from './files.ts';
import { clusterTexts } from './clusters.ts';
import { requestTexts } from './requests.ts';
import { configurationTexts } from './configuration.ts';
import { schemaTexts } from './schema.ts';
import { storeTexts } from './stores.ts';
import { sourceTexts } from './sources.ts';
import { vaultTexts } from './vault.ts';
import { words } from './words.ts';

/**
 * Every text for people, by its id. An id is the reason that the text is shown under (`ComponentReady`), or the reason
 * and a variant where one reason has several texts (`ComponentReady.hosted`); words have an id that begins in lower case.
 *
 * To add a text: write an entry `Id: { en: '…{name}…', zh: '…{name}…' }` into the file of its subject (a new file is
 * listed here) and say it with `message('Id', { name })`. `{name}` takes a word or a number, `{names:list}` strings,
 * `{cause:message}` a message, `{causes:messages}` several. A sentence never goes into a placeholder as a string: what
 * can stand there gets entries of its own and a placeholder of kind `message`. The compiler refuses a text that lacks a
 * language or a placeholder, and a call whose params are not those of its text.
 */
export const catalogue = {
  ...general,
  ...words,
  ...conditions,
  ...components,
  ...credentials,
  ...objectStates,
  ...objects,
  ...offboarding,
  ...onboarding,
  ...publishing,
  ...commandLine,
  ...violations,
  ...warnings,
  ...permissions,
  ...network,
  ...gitTexts,
  ...files,
  ...clusterTexts,
  ...requestTexts,
  ...configurationTexts,
  ...schemaTexts,
  ...storeTexts,
  ...vaultTexts,
  ...sourceTexts,
  ...catalogTexts,
  ...errorCatalogue,
} as const;
