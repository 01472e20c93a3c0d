import { formatNumber, html, renderTable, type Html } from "../../charts/index.js";
import type { KeptText, PolicySummary, WorstConversation } from "./run-summary.js";
import { chips, code, counted } from "./words.js";

/** The conversations to look at first. Texts, where the run kept them, stay folded until someone wants them. */
export function worstSection({ worst, policy }: PolicySummary): Html {
  if (worst.length === 0) return html`<p>No conversation has an unsafe turn.</p>`;
  const nameOf = (violated: string): string => {
    const found = policy.categories.find((category) => category.code === violated);
    return found === undefined ? violated : `${violated} ${found.name}`;
  };
  const withTexts = worst.filter(({ texts }) => texts.length > 0);
  return html`
    <p>
      By their highest score. A place is the source and the line or row of it where the conversation begins.
    </p>
    ${renderTable({
      caption: "conversations with the highest scores",
      columns: [
        { name: "conversation" },
        { name: "place" },
        { name: "highest score", format: "number" },
        { name: "unsafe turns", format: "count" },
        { name: "of", format: "count" },
        { name: "categories" },
      ],
      rows: worst.map((one) => [
        code(one.conversation),
        code(placeOf(one)),
        one.highestScore.toFixed(4),
        one.unsafeTurns,
        one.judgedTurns,
        chips(one.violated.map(nameOf)),
      ]),
    })}
    ${
      withTexts.length === 0
        ? html`<p class="muted">This run did not keep texts; the place says where to read them.</p>`
        : html`<details class="texts">
            <summary>
              Read what was said. Warning: these texts were judged unsafe and may be disturbing.
            </summary>
            ${withTexts.map(
              (one) =>
                html`<h4>${code(one.conversation)} at ${code(placeOf(one))}</h4>
                  ${one.texts.map(keptText)}`,
            )}
          </details>`
    }
  `;
}

const placeOf = ({ source, row }: Pick<WorstConversation, "source" | "row">): string =>
  `${source}:${String(row)}`;

const keptText = ({ turn, role, score, text, textChars }: KeptText): Html => html`
  <p class="muted">
    Turn ${turn}, ${role}, score
    ${score.toFixed(4)}${
      [...text].length < textChars
        ? `; the first ${formatNumber([...text].length, "count")} of ${counted(textChars, "character")}`
        : null
    }
  </p>
  <pre>${text.split(/\r?\n/).map((line, at) => [at === 0 ? "" : html`<br />`, line])}</pre>
`;
