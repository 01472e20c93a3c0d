/**
 * Every colour of charts and pages, for light and dark paper. Charts are drawn in the light ones; a style sheet
 * repaints by attribute where the reader prefers dark, so that viewers without style sheets show a light chart.
 * That is why no two light colours may be the same.
 *
 * Series follow Okabe and Ito's order, which the common kinds of colour blindness tell apart, darkened or lightened
 * to 4.5:1 against their paper.
 */
export const PALETTE = {
  paper: { light: "#ffffff", dark: "#14171c" },
  ink: { light: "#1b1f26", dark: "#e8eaee" },
  muted: { light: "#57606c", dark: "#a3acb9" },
  rule: { light: "#dfe3e8", dark: "#2e343d" },
  axis: { light: "#8b95a1", dark: "#6b7684" },
  mark: { light: "#b3261e", dark: "#ff8a80" },
} as const;

export const SERIES_COLOURS: readonly { readonly light: string; readonly dark: string }[] = [
  { light: "#0b66b0", dark: "#62aef0" },
  { light: "#c2500c", dark: "#f79a5b" },
  { light: "#00795a", dark: "#3cc7a0" },
  { light: "#93478a", dark: "#df9ad2" },
  { light: "#8a6a00", dark: "#e2bd49" },
  { light: "#3b7d98", dark: "#8fd3f0" },
  { light: "#5a5f66", dark: "#c3c9d1" },
];

/** The colour of the nth series; after the last the first comes again. */
export const seriesColour = (index: number): string =>
  SERIES_COLOURS[index % SERIES_COLOURS.length]?.light ?? PALETTE.ink.light;

/** Rules that repaint charts for dark paper, each begun with `scope`. */
export const darkChartRules = (scope: string): string =>
  [...Object.values(PALETTE), ...SERIES_COLOURS]
    .flatMap(({ light, dark }) => [
      `${scope} [fill="${light}"]{fill:${dark}}`,
      `${scope} [stroke="${light}"]{stroke:${dark}}`,
    ])
    .join("");

/** Fonts that every system has one of; nothing is fetched. */
export const FONT_FAMILY = "system-ui,-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif";
