import { NautesError } from '../../errors/errors.ts';
import { render, message } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';
import { describeReference } from '../../kube-objects/kube-object.ts';
import { snakeCase } from '../../resources/document-field.ts';
import type { ForeignComponent } from './foreign.ts';

/** As many objects, and as many of those who manage them, are named. */
const NAMED_OBJECTS = 60;
const NAMED_OWNERS = 5;

/** What else could be done about the category of a foreign component. */
export interface ForeignChoice {
  /** Such as `progressiveDelivery`. */
  readonly category: string;
  /** Other components of that category in the catalogue. */
  readonly alternatives: readonly string[];
}

/** Says what a component takes over. */
export function adoptionOf({ component, foreign }: ForeignComponent): Message {
  const [objects, count] = [namesOf(foreign), foreign.length];
  return message('Warning.componentAdopts', { component, count, objects, owners: ownersOf(foreign) });
}

/** Says that a component is somebody else's: all of what is in the way, who manages it, and the ways out. */
export function foreignError(
  { component, foreign }: ForeignComponent,
  { category, alternatives }: ForeignChoice,
): NautesError {
  return new NautesError('ComponentForeign', {
    component,
    count: foreign.length,
    owners: ownersOf(foreign),
    objects: namesOf(foreign),
    category: snakeCase(category),
    key: category,
    others: alternatives.length === 0 ? message('NoAlternatives') : message('Alternatives', { names: alternatives }),
  });
}

function namesOf(foreign: ForeignComponent['foreign']): Message {
  const names = foreign.map(({ object }) => describeReference(object));
  const [objects, more] = [names.slice(0, NAMED_OBJECTS), names.length - NAMED_OBJECTS];
  return more > 0 ? message('ForeignObjects.more', { objects, more }) : message('ForeignObjects', { objects });
}

/** Each once, in the order of the objects. */
function ownersOf(foreign: ForeignComponent['foreign']): readonly Message[] {
  const owners = new Map(foreign.map(({ owner }) => [render(owner, 'en'), owner]));
  return [...owners.values()].slice(0, NAMED_OWNERS);
}
