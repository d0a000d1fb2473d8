import { render } from "preact";

import { App } from "./shell/app.tsx";
import { readAddress } from "./state/page-address.ts";
import { storedToken } from "./state/stored-token.ts";

const root = document.querySelector("#page");
const { token, sessionId } = readAddress(location.hash);
if (token !== undefined) {
  storedToken.set(token);
  // Out of the address, where it would be copied and remembered.
  history.replaceState(null, "", sessionId === undefined ? location.pathname : `#/${sessionId}`);
}
if (root !== null) render(<App />, root);
