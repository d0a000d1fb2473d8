import { unchanging } from "../shell/unchanging.tsx";
import { FileView } from "./file-view.tsx";
import { Prose } from "./prose.tsx";

import type { UserMessage } from "@holdfast/core";

/** What a person said; faint while the model has not seen it. */
export const UserBlock = unchanging(
  ({ message, isPending }: { readonly message: UserMessage; readonly isPending: boolean }) => (
    <article class={isPending ? "message user pending" : "message user"} aria-label={isPending ? "Waiting" : "You"}>
      <Prose text={message.text} />
      {(message.files ?? []).map((file, index) => (
        <FileView key={index} file={file} />
      ))}
      {isPending ? <p class="quiet">waits to be taken up ({message.delivery})</p> : null}
    </article>
  ),
);
