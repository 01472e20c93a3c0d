/**
 * Everyday prose, written for this purpose, that no policy minds. A few paragraphs are repeated as often as a length
 * asks for: what is measured is whether a message is found in much text, not in which.
 */
const PARAGRAPHS = [
  "The garden needs little in winter. We cover the roses with straw, clean the tools, and read about what to sow when the days grow longer. On dry mornings the paths are swept and the compost is turned.",
  "Our library opens at nine. The new shelf near the window holds books on travel, cooking and the history of the town. Children may borrow four picture books at a time and keep them for three weeks.",
  "To bake a plain loaf, mix flour, water, salt and yeast, let the dough rest until it has doubled, shape it, and bake it in a hot oven for forty minutes. Let it cool before cutting it.",
  "The train along the coast takes two hours and stops in every village. Sit on the left side for the view of the bay. A small cafe at the last station sells soup, bread and apple cake.",
  "A spreadsheet is easier to read when each column holds one kind of thing, dates are written in one form, and the first row says what is below. Totals belong at the end, apart from the rest.",
];

/** About as many characters of it as asked for, in whole paragraphs; empty for 0. */
export function benignText(chars: number): string {
  const taken: string[] = [];
  for (let length = 0, at = 0; length < chars; at += 1) {
    const paragraph = PARAGRAPHS[at % PARAGRAPHS.length]!;
    taken.push(paragraph);
    length += paragraph.length + 2;
  }
  return taken.join("\n\n");
}
