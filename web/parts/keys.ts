/** Keys that are pressed in a field, or with others, belong to the browser. */
export function isTyping(event: KeyboardEvent): boolean {
  const { target, ctrlKey, metaKey, altKey } = event;
  const isField =
    target instanceof HTMLElement && target.closest('input, select, textarea') !== null;
  return ctrlKey || metaKey || altKey || isField;
}
