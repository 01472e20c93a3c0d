import { html, renderPage, type Html, type PageSection } from "../../charts/index.js";
import { countsTable, findings } from "./findings.js";
import { caveatsSection, faultsSection } from "./gaps-section.js";
import { headline } from "./headline.js";
import { identitySection, speedSection } from "./run-section.js";
import type { PolicySummary, RunSummary } from "./run-summary.js";
import { worstSection } from "./worst-section.js";

/** How a run is checked; the folder is left to the reader, as a page may be read far away from it. */
const VERIFY_COMMAND = "portcullis audit verify DIR";

/** The report of a run as one HTML file: no script, no request, every text of people escaped. */
export function renderReport(summary: RunSummary): string {
  const { policies, faults, run } = summary;
  const notices = [...new Set(policies.flatMap(({ policy }) => policy.notice ?? []))];
  return renderPage({
    title: "Safety audit of conversations",
    lead: headline(summary),
    sections: [
      ...(policies.length > 1 ? [comparison(policies)] : []),
      ...policies.flatMap((one, at) => policySections(one, `p${String(at)}`, policies.length > 1)),
      { id: "faults", title: "Faults in the logs", body: faultsSection(faults) },
      { id: "speed", title: "How the run went", body: speedSection(summary) },
      { id: "identity", title: "What was judged, by what", body: identitySection(summary, VERIFY_COMMAND) },
    ],
    footer: html`<p>
        Made by Portcullis ${run.portcullis} from run.json and the files of verdicts beside it.
      </p>
      ${notices.map((notice) => html`<p>${notice}</p>`)}`,
  });
}

const comparison = (policies: readonly PolicySummary[]): PageSection => ({
  id: "policies",
  title: "Policies side by side",
  body: countsTable(
    "policy",
    policies.map(({ policy, counts }) => [`${policy.id} ${policy.version}`, counts]),
  ),
});

function policySections(summary: PolicySummary, id: string, named: boolean): PageSection[] {
  const section = (part: string, title: string, body: Html): PageSection => ({
    id: `${id}-${part}`,
    title: named ? `${summary.policy.id}: ${title.toLowerCase()}` : title,
    body,
  });
  return [
    section("findings", "Findings", findings(summary, id)),
    section("worst", "Conversations to look at first", worstSection(summary)),
    section("caveats", "Flags and gaps", caveatsSection(summary)),
  ];
}
