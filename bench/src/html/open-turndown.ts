import TurndownService from "turndown";

/** Turndown as it is used for models: headings with #, fences, and without what is not shown. */
export const openTurndown = (): ((html: string) => string) => {
  const service = new TurndownService({ headingStyle: "atx", codeBlockStyle: "fenced", bulletListMarker: "-" });
  service.remove(["script", "style", "noscript", "iframe"]);
  return (html) => service.turndown(html);
};
