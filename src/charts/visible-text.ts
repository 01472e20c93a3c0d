/**
 * What does not print (controls, line breaks, unassigned and private code points, halves of pairs), what turns or
 * hides other text (bidirectional controls, zero-width and other default-ignorable characters), and blanks that
 * pass for nothing.
 */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/**
 * Text that others chose, as a reader of a page should see it: a character that would act or hide becomes its escape,
 * such as `\u202e` or `\u{e0041}`, so that no name can look like another or turn what stands beside it around.
 */
export const visibleText = (text: string): string =>
  text.replace(UNSEEN, (char) => {
    const hex = (char.codePointAt(0) ?? 0).toString(16);
    return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, "0")}`;
  });
