/** A text as a literal of SQL; for places where no parameter may stand, such as the path of `COPY`. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;
