// Entry "./convert": for who wants pages as Markdown, without tools.
export { convertHtml } from "./html/convert-html.ts";
export { convertPage } from "./html/convert-page.ts";

export type { ConvertedPage, ConvertOptions, PageFormat } from "./html/convert-html.ts";
export type { PageJob } from "./html/convert-page.ts";
