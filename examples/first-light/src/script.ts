/** One message of an OpenAI-compatible request, as far as the script looks at it. */
export interface ChatMessage {
  readonly role: "system" | "user" | "assistant" | "tool";
  readonly content?: unknown;
  readonly tool_call_id?: string;
  readonly tool_calls?: readonly { readonly id: string; readonly function: { readonly name: string } }[];
}

/** What the scripted model says next. */
export interface Answer {
  readonly text: string;
  readonly calls: readonly { readonly name: string; readonly input: Readonly<Record<string, unknown>> }[];
}

interface Result {
  readonly name: string;
  readonly content: string;
}

const testCommand = "node --test";

/**
 * A small engineer, scripted: reads, runs the tests, mends what fails, runs them again, reports. It answers from the conversation
 * alone, not from a counter, so it goes on the same whichever process asks, and however often one was killed.
 */
export const answerTo = (messages: readonly ChatMessage[]): Answer => {
  const last = resultsOf(messages).at(-1);
  switch (last?.name) {
    case undefined:
      return {
        text: "I start with the source and its test.",
        calls: [
          { name: "read", input: { path: "src/average.js" } },
          { name: "read", input: { path: "test/average.test.js" } },
        ],
      };
    case "read":
      return { text: "Now I run the tests to see what fails.", calls: [run] };
    case "edit":
      return { text: "The loop starts at 0 now. I run the tests again.", calls: [run] };
    default:
      return afterTests(last?.content ?? "");
  }
};

const run = { name: "bash", input: { command: testCommand } } as const;

const afterTests = (content: string): Answer => {
  if (/\bfail 0\b/.test(content)) {
    return {
      text: "All tests pass. The loop of `average` left out the first number: it started at 1. I changed it to start at 0.",
      calls: [],
    };
  }
  if (/\bfail [1-9]/.test(content)) {
    const input = { path: "src/average.js", oldText: "let index = 1;", newText: "let index = 0;" };
    return {
      text: "One test fails: the loop leaves out the first number. I mend that.",
      calls: [{ name: "edit", input }],
    };
  }
  return {
    text: "That run was interrupted, and its outcome is unknown. Tests change nothing, so I run them again.",
    calls: [run],
  };
};

/** Every tool result in order, with the name of the tool that it came from. */
const resultsOf = (messages: readonly ChatMessage[]): readonly Result[] => {
  const names = new Map(
    messages.flatMap(({ tool_calls: calls = [] }) => calls.map((call) => [call.id, call.function.name] as const)),
  );
  return messages.flatMap(({ role, content, tool_call_id: id = "" }) =>
    role === "tool"
      ? [{ name: names.get(id) ?? "", content: typeof content === "string" ? content : JSON.stringify(content) }]
      : [],
  );
};
