import type { ReportedPolicy } from "./reported-run.js";
import { numberIn, rowsIn, textIn, type PolicyQuery, type Row } from "./run-query.js";
import type { KeptText, WorstConversation } from "./run-summary.js";

const CONVERSATIONS = 20;
const TEXTS_EACH = 3;
/** Of a kept text on the page; how long it is stands beside it. */
const SHOWN_CHARS = 2000;

/** Conversations with unsafe turns, the highest score first. */
export async function worstConversations(
  ask: PolicyQuery,
  policy: ReportedPolicy,
): Promise<WorstConversation[]> {
  // Two steps, so that only numbers are carried through the whole run, and words for the few that are shown.
  const rows = await ask(`
    WITH worst AS (
      SELECT conversation, source, max(score) AS highest, count(*) AS unsafe
      FROM verdicts WHERE policy = $policy AND verdict = 'unsafe'
      GROUP BY conversation, source ORDER BY highest DESC, unsafe DESC, conversation LIMIT ${String(CONVERSATIONS)}
    )
    SELECT conversation, source, any_value(highest) AS highest, any_value(unsafe) AS unsafe,
      min(verdicts."row") AS "row", count(*) FILTER (status = 'judged') AS judged,
      list_distinct(flatten(list(violated) FILTER (verdict = 'unsafe'))) AS violated,
      max({'score': score, 'turn': -turn, 'role': role, 'text': left(text, ${String(SHOWN_CHARS)}),
        'chars': length(text)}, ${String(TEXTS_EACH)})
        FILTER (verdict = 'unsafe' AND text IS NOT NULL) AS texts
    FROM verdicts JOIN worst USING (conversation, source) WHERE policy = $policy
    GROUP BY conversation, source ORDER BY highest DESC, unsafe DESC, conversation`);
  return rows.map((row) => ({
    conversation: textIn(row, "conversation"),
    source: textIn(row, "source"),
    row: numberIn(row, "row"),
    highestScore: numberIn(row, "highest"),
    unsafeTurns: numberIn(row, "unsafe"),
    judgedTurns: numberIn(row, "judged"),
    violated: inOrder(policy, (row["violated"] ?? []) as readonly string[]),
    texts: rowsIn(row, "texts").map(keptText),
  }));
}

const inOrder = ({ categories }: ReportedPolicy, codes: readonly string[]): string[] =>
  categories.flatMap(({ code }) => (codes.includes(code) ? [code] : []));

/** Turns are negative in the query, so that of equal scores the earlier comes first. */
const keptText = (row: Row): KeptText => ({
  turn: -numberIn(row, "turn"),
  role: textIn(row, "role"),
  score: numberIn(row, "score"),
  text: textIn(row, "text"),
  textChars: numberIn(row, "chars"),
});
