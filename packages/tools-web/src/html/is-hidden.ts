import type { Attributes } from "./markup-sink.ts";

/** Whether an element's own attributes say that nobody sees it: text that only a machine reads is no part of a page. */
export const isHidden = (attributes: Attributes): boolean => {
  if (attributes.size === 0) return false;
  if (attributes.get("hidden") !== undefined) return attributes.get("hidden") !== "until-found";
  if (attributes.get("aria-hidden")?.trim().toLowerCase() === "true") return true;
  if (attributes.get("type")?.toLowerCase() === "hidden") return true;
  const style = attributes.get("style");
  return style !== undefined && hidingStyle.test(style.replaceAll(/\/\*.*?\*\/|\s/g, ""));
};

const hidingStyle =
  /(?:^|;)(?:display:none|visibility:(?:hidden|collapse)|content-visibility:hidden|opacity:0*(?:\.0*)?(?:%|;|!|$)|font-size:0*(?:\.0*)?(?:[a-z%]|;|!|$)|(?:text-indent|left|top):-\d{3,})/i;
