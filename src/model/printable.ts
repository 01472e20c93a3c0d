/** Text that others chose, for a terminal: what would move its cursor or hide something becomes a question mark. */
export const printable = (text: string): string => text.replace(/\p{C}/gu, "?");
