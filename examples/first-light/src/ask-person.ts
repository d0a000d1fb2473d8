import type { AskInfo } from "@holdfast/core";
import type { AskAnswer, AskShown } from "@holdfast/core/event";
import type { Terminal } from "./terminal.ts";

/** Shows an ask on the terminal until it has an answer; undefined where nobody is there any more. */
export const askPerson = async (
  terminal: Terminal,
  { shown }: Pick<AskInfo, "shown">,
): Promise<AskAnswer | undefined> => {
  switch (shown.kind) {
    case "permission":
      return askPermission(terminal, shown);
    case "question":
      return askQuestions(terminal, shown);
    case "unknown-effect": {
      const what = `It is not known whether "${shown.tool}" took effect: ${JSON.stringify(shown.effect)}`;
      const reply = await choose(terminal, what, ["happened", "continue", "give-up"]);
      return reply === undefined ? undefined : { kind: shown.kind, reply };
    }
    case "budget": {
      const reply = await choose(terminal, `The limit of ${shown.allowed} ${shown.limit} is reached.`, [
        "continue",
        "stop",
      ]);
      return reply === undefined ? undefined : { kind: shown.kind, reply };
    }
    case "recovery": {
      const reply = await choose(terminal, shown.reason, ["resume", "stop"]);
      return reply === undefined ? undefined : { kind: shown.kind, reply };
    }
    default:
      return shown satisfies never;
  }
};

type Shown<TKind extends AskShown["kind"]> = Extract<AskShown, { readonly kind: TKind }>;

const askPermission = async (terminal: Terminal, shown: Shown<"permission">): Promise<AskAnswer | undefined> => {
  const { action, resources, always, preview } = shown;
  const detail = preview === undefined ? "" : `${JSON.stringify(preview, null, 2).replaceAll(/^/gm, "      ")}\n`;
  const forGood = always.length === 0 ? "" : `  a: always (${always.join(", ")})`;
  const text = `  ? ${action} ${resources.join(", ")}\n${detail}    y: yes${forGood}  n: no, or n and why > `;
  for (;;) {
    const line = await terminal.ask(text);
    if (line === undefined) return undefined;
    const [word = "", ...rest] = line.split(" ");
    if (/^y(es)?$/i.test(word)) return { kind: "permission", reply: "once" };
    if (/^a(lways)?$/i.test(word) && always.length > 0) return { kind: "permission", reply: "always" };
    if (/^no?$/i.test(word))
      return { kind: "permission", reply: "deny", ...(rest.length === 0 ? {} : { feedback: rest.join(" ") }) };
  }
};

/** A number chooses an option, several with commas between; anything else is an answer of one's own; nothing is no answer. */
const askQuestions = async (terminal: Terminal, { questions }: Shown<"question">): Promise<AskAnswer | undefined> => {
  const answers: string[][] = [];
  for (const { question, options, custom, multiple } of questions) {
    const list = options.map(({ label }, index) => `    ${index + 1}: ${label}\n`).join("");
    let answer: string[] | undefined;
    while (answer === undefined) {
      const line = await terminal.ask(`  ? ${question}\n${list}    > `);
      if (line === undefined) return undefined;
      const chosen = line.split(",").flatMap((number) => options[Number(number) - 1]?.label ?? []);
      if (line === "") answer = [];
      else if (chosen.length === 1 || (chosen.length > 1 && multiple)) answer = chosen;
      else if (custom) answer = [line];
    }
    answers.push(answer);
  }
  return { kind: "question", answers };
};

const choose = async <TReply extends string>(
  terminal: Terminal,
  what: string,
  replies: readonly TReply[],
): Promise<TReply | undefined> => {
  for (;;) {
    const line = await terminal.ask(`  ? ${what}\n    ${replies.join(", ")} > `);
    if (line === undefined) return undefined;
    const reply = replies.find((candidate) => candidate === line);
    if (reply !== undefined) return reply;
  }
};
