/**
 * JSON with properties sorted by UTF-16 units and no spaces, as in RFC 8785, so that equal values have equal
 * text. For plain data: objects, arrays, strings, finite numbers, booleans and null.
 */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
