import type { MessageFile } from "@holdfast/core";

const shown: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);

/** A file that a person sent or a call gave: pictures are shown, of others the name. */
export const FileView = ({ file: { mediaType, name, data } }: { readonly file: MessageFile }) => {
  const title = name ?? mediaType;
  return shown.has(mediaType) ? (
    <img class="picture" src={`data:${mediaType};base64,${data}`} alt={title} />
  ) : (
    <p class="file">{title}</p>
  );
};
