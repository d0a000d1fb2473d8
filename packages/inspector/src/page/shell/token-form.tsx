import { useState } from "preact/hooks";

import type { TargetedSubmitEvent } from "preact";

/** Asks for the token of a server that wants one. It is kept for as long as the tab lives. */
export const TokenForm = ({
  isRefused,
  onToken,
}: {
  readonly isRefused: boolean;
  readonly onToken: (token: string) => void;
}) => {
  const [token, setToken] = useState("");
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (token !== "") onToken(token);
  };
  return (
    <main class="gate">
      <form class="gate-form" onSubmit={submit}>
        <h1>Holdfast</h1>
        <p>
          {isRefused
            ? "The server did not take this token. Whoever runs it knows the right one."
            : "This server wants a token. Whoever runs it knows it."}
        </p>
        <label for="token">Token</label>
        <input
          id="token"
          type="password"
          autocomplete="off"
          autofocus
          spellcheck={false}
          value={token}
          onInput={(event) => setToken(event.currentTarget.value.trim())}
        />
        <button type="submit" class="primary" disabled={token === ""}>
          Open
        </button>
      </form>
    </main>
  );
};
