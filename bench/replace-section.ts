/**
 * Puts text between the marks of a generated section, `<!-- NAME:begin -->` and `<!-- NAME:end -->`.
 * @throws Error when the document has no such marks
 */
export function replaceSection(document: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the document has no ${begin} and ${end}`);
  return `${document.slice(0, from + begin.length)}\n\n${text}\n\n${document.slice(to)}`;
}
