import { unchanging } from "../shell/unchanging.tsx";
import { Prose } from "./prose.tsx";

import type { SystemMessage } from "@holdfast/core";

/** What the model was told in its place because its surroundings had changed. Folded: no person said it. */
export const SystemBlock = unchanging(({ message }: { readonly message: SystemMessage }) => (
  <details class="message aside">
    <summary>Told what changed around it</summary>
    <Prose text={message.text} />
  </details>
));
