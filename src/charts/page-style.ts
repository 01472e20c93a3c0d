import { FONT_FAMILY, PALETTE, SERIES_COLOURS, darkChartRules } from "./palette.js";

const variables = (paper: "light" | "dark"): string =>
  [
    ...Object.entries(PALETTE).map(([name, colour]) => `--${name}:${colour[paper]}`),
    `--link:${SERIES_COLOURS[0]?.[paper] ?? "inherit"}`,
    ...Object.entries(TINTS).map(([name, colour]) => `--${name}:${colour[paper]}`),
  ].join(";");

const TINTS = {
  panel: { light: "#f5f7f9", dark: "#1b2027" },
  warning: { light: "#fff4e0", dark: "#33270f" },
  "warning-edge": { light: "#c27a00", dark: "#e0a63a" },
  danger: { light: "#fdeceb", dark: "#38191a" },
};

/** Classes a body may use: `lead`, `tiles`, `tile`, `notice`, `notice danger`, `figures`, `facts`, `muted`, `mono`, `chip`. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;${variables("light")}}
@media screen and (prefers-color-scheme:dark){:root{${variables("dark")}}${darkChartRules(".chart svg")}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0 auto;max-width:calc(880px + 3rem);padding:2.5rem 1.5rem 4rem;background:var(--paper);color:var(--ink);font:16px/1.55 ${FONT_FAMILY};font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
h1{font-size:1.9rem;line-height:1.2;margin:0 0 .75rem;letter-spacing:-.01em;text-wrap:balance}
h2{font-size:1.35rem;line-height:1.3;margin:0 0 1rem}
h3{font-size:1rem;line-height:1.4;margin:0 0 .4rem}
section>:not(h2)+h3{margin-top:2rem}
h4{font-size:.95rem;margin:1.5rem 0 .5rem}
p{margin:0 0 .75rem;max-width:70ch}
a{color:var(--link)}
code,.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.86em}
section{margin-top:3rem;padding-top:1.75rem;border-top:1px solid var(--rule)}
.muted{color:var(--muted)}
.lead{font-size:1.1rem}
nav{margin-top:1.75rem}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.35rem 1.1rem;margin:0;padding:0}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:1px;margin:1.5rem 0;border:1px solid var(--rule);border-radius:10px;overflow:hidden}
.tile{box-shadow:0 0 0 1px var(--rule);padding:1rem 1.1rem;display:flex;flex-direction:column}
.tile dt{color:var(--muted);font-size:.85rem;line-height:1.35}
.tile dd{margin:0;font-size:1.65rem;line-height:1.3;font-weight:600;letter-spacing:-.01em}
.tile dd.small{font-size:.85rem;font-weight:400;color:var(--muted);letter-spacing:0;line-height:1.4}
.notice{background:var(--warning);border-left:4px solid var(--warning-edge);border-radius:4px;padding:.8rem 1rem;margin:1rem 0}
.notice.danger{background:var(--danger);border-color:var(--mark)}
.notice p:last-child{margin:0}
.chip{display:inline-block;background:var(--panel);border:1px solid var(--rule);border-radius:4px;padding:0 .4em;margin:0 .25em .15em 0;font-size:.85em;white-space:nowrap}
.figures{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:2.25rem 2rem}
figure{margin:0;min-width:0}
figcaption h3{margin:0}
.figures>.full{grid-column:1/-1;min-width:0}
figcaption{margin-bottom:.75rem}
figcaption p{margin:.1rem 0 0;color:var(--muted);font-size:.9rem}
.chart svg{display:block;width:100%;height:auto}
.chart.narrow{display:none}
details{margin-top:.6rem}
summary{cursor:pointer;color:var(--muted);font-size:.88rem;width:fit-content}
summary:hover{color:var(--ink)}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.table{overflow-x:auto;margin:.6rem 0 1rem}
details .table{max-height:26rem;overflow-y:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem;line-height:1.4}
th,td{padding:.42rem .75rem .42rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--rule)}
td{max-width:22rem;overflow-wrap:break-word}
td.text{min-width:6rem}
.number+.text{padding-left:.75rem}
th{white-space:nowrap;color:var(--muted);font-weight:500;font-size:.85rem;vertical-align:bottom}
th:last-child,td:last-child{padding-right:.15rem}
.number{text-align:right;white-space:nowrap}
.facts{display:grid;grid-template-columns:minmax(7rem,auto) minmax(0,1fr);gap:.35rem 1.5rem;margin:0 0 1rem}
.facts dt{color:var(--muted)}
.facts dd{margin:0}
pre{background:var(--panel);border-radius:6px;padding:.75rem 1rem;overflow-x:auto;white-space:pre-wrap;margin:.5rem 0 1rem}
footer{margin-top:3rem;padding-top:1.25rem;border-top:1px solid var(--rule);color:var(--muted);font-size:.88rem}
@media (max-width:700px){
body{padding:1.5rem 1rem 3rem}
h1{font-size:1.5rem}
section{margin-top:2.25rem;padding-top:1.25rem}
.figures{grid-template-columns:minmax(0,1fr)}
.chart.wide{display:none}
.chart.narrow{display:block}
.chart.narrow svg{max-width:420px}
.tiles{grid-template-columns:repeat(auto-fit,minmax(130px,1fr))}
.tile{padding:.8rem .9rem}
.tile dd{font-size:1.4rem}
.facts{grid-template-columns:minmax(0,1fr);gap:0}
.facts dd{margin-bottom:.6rem}
}
@media print{
body{max-width:none;padding:0;font-size:10.5pt}
nav{display:none}
section{break-before:auto;margin-top:1.5rem}
figure,.tiles,.notice,tr{break-inside:avoid}
.table{overflow:visible}
details:not([open])>summary{display:none}
}
`.trim();
