/** Copies a text on behalf of a click. False: the browser does not let the page copy. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await clipboardOf(navigator).writeText(text);
    return true;
  } catch {
    return copySelection(text);
  }
}

/** @throws {Error} on a page that came by plain http from another machine: it has no clipboard */
function clipboardOf({ clipboard }: { readonly clipboard?: Clipboard }): Clipboard {
  if (clipboard === undefined) throw new Error('this page has no clipboard');
  return clipboard;
}

/** The older way, which plain http allows: a field with the text is selected and copied. */
function copySelection(text: string): boolean {
  const focused = document.activeElement;
  const field = document.createElement('textarea');
  field.className = 'hidden';
  field.readOnly = true;
  field.value = text;
  document.body.append(field);
  try {
    field.focus({ preventScroll: true });
    field.select();
    return document.execCommand('copy');
  } catch {
    return false;
  } finally {
    field.remove();
    if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  }
}
