/** Keys that are pressed in a field, or with others, belong to the browser. */
export function isTyping(event: KeyboardEvent): boolean {
  const { target, ctrlKey, metaKey, altKey } = event;
  const isField =
    target instanceof HTMLElement && target.closest('input, select, textarea') !== null;
  return ctrlKey || metaKey || altKey || isField;
}

/**
 * The key belongs to an input method: its Esc gives a word up, its Enter takes one. Safari has ended the
 * composition by then, and says so by this code alone.
 * Source: UI Events, "Keyboard events and key values" (`isComposing`, and 229 for a processed key).
 */
export function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === PROCESSED_KEY;
}

const PROCESSED_KEY = 229;
