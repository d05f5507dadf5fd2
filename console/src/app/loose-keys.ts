import { stored, store } from './stored.ts';

const SETTING = 'keys';

/** Whether single keys do something, which can be switched off (WCAG 2.1.4). */
export function areKeysOn(): boolean {
  return stored(SETTING) !== 'off';
}

export function setKeysOn(isOn: boolean): void {
  store(SETTING, isOn ? 'on' : 'off');
}

/** Where keys mean something to the element itself. */
const OWN_KEYS =
  'input, textarea, select, [contenteditable], [role=menu], [role=listbox], [role=dialog], [role=radiogroup]';
/** Where the page below cannot be reached. */
const MODAL = '[role=dialog][aria-modal=true]';

/** Whether a key is for the page: it was not pressed in a field, a menu or a dialog, nor with Ctrl, Alt or ⌘. */
export function isLoose(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false;
  const isOwn = event.target instanceof Element && event.target.closest(OWN_KEYS) !== null;
  return !isOwn && areKeysOn() && !isModalOpen();
}

export function isModalOpen(): boolean {
  return document.querySelector(MODAL) !== null;
}

/** Whether arrows are not taken for moving in what has the focus: a place to scroll, a grid, tabs. */
export function areArrowsLoose(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('[role=grid], [role=tablist], [tabindex="0"]') === null;
}

/** Calls back for one of the keys where it is for the page. @returns ends it */
export function onLooseKey(keys: readonly string[], listener: (event: KeyboardEvent) => void): () => void {
  const hear = (event: KeyboardEvent): void => {
    if (!keys.includes(event.key) || !isLoose(event)) return;
    if (event.key.startsWith('Arrow') && !areArrowsLoose(event.target)) return;
    listener(event);
  };
  document.addEventListener('keydown', hear);
  return () => document.removeEventListener('keydown', hear);
}
