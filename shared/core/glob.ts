/**
 * Does a text have the form of the glob, in which `*` is any text? By hand: a regular expression made
 * of such a glob could take exponential time.
 */
export function matchesGlob(glob: string, text: string): boolean {
  const [start = '', ...parts] = glob.split('*');
  const end = parts.pop();
  if (end === undefined) return text === glob;
  if (!text.startsWith(start)) return false;
  let reached = start.length;
  for (const part of parts) {
    const found = text.indexOf(part, reached);
    if (found < 0) return false;
    reached = found + part.length;
  }
  return text.length - end.length >= reached && text.endsWith(end);
}
