const names = (text: string): ReadonlySet<string> => new Set(text.split(" "));

/** Elements without content: nothing closes them. */
export const voidElements = names("area base br col embed hr img input link meta param source track wbr frame");

/** Elements of which nothing is shown: code, styles, frames, media, and controls. */
export const droppedElements = names(
  "script style template noscript iframe frame frameset noframes noembed object embed applet canvas audio video svg select datalist textarea input rp map plaintext",
);

/** Elements that do not end the line that they stand in. */
export const inlineElements = names(
  "a abbr acronym b bdi bdo big br button cite code data del dfn em font i img ins kbd label mark math nobr q rb rt ruby s samp small span strike strong sub sup time tt u var wbr picture font slot",
);

/** Whether an element may stand within a line, shown or not. */
export const isWithinLine = (name: string): boolean =>
  inlineElements.has(name) || droppedElements.has(name) || (voidElements.has(name) && name !== "hr");

/** What closes itself before an element opens: how far it looks up, and for what. */
interface ImpliedEnd {
  readonly closes: ReadonlySet<string>;
  readonly until: (name: string) => boolean;
}

const upTo = (text: string) => {
  const barrier = names(text);
  return (name: string) => barrier.has(name);
};

/** A paragraph or heading holds nothing but inline elements. */
const paragraphEnd: ImpliedEnd = {
  closes: names("p h1 h2 h3 h4 h5 h6"),
  until: (name) => !isWithinLine(name),
};

const impliedEnds: ReadonlyMap<string, ImpliedEnd> = new Map<string, ImpliedEnd>([
  ["li", { closes: names("li"), until: upTo("ul ol menu table td th blockquote") }],
  ["dt", { closes: names("dt dd"), until: upTo("dl table td th") }],
  ["dd", { closes: names("dt dd"), until: upTo("dl table td th") }],
  ["tr", { closes: names("tr caption"), until: upTo("table") }],
  ["td", { closes: names("td th"), until: upTo("tr table") }],
  ["th", { closes: names("td th"), until: upTo("tr table") }],
  ["thead", { closes: names("thead tbody tfoot caption"), until: upTo("table") }],
  ["tbody", { closes: names("thead tbody tfoot caption"), until: upTo("table") }],
  ["tfoot", { closes: names("thead tbody tfoot caption"), until: upTo("table") }],
  ["a", { closes: names("a"), until: upTo("td th table li") }],
]);

/** What an element's beginning ends, if anything. */
export const impliedEndOf = (name: string): ImpliedEnd | undefined =>
  impliedEnds.get(name) ?? (isWithinLine(name) ? undefined : paragraphEnd);

/** A closing tag does not reach out of a cell, unless it is of a table itself. */
export const isBarrier = (open: string, closing: string): boolean =>
  (open === "td" || open === "th" || open === "table" || open === "caption") && !tableElements.has(closing);

const tableElements = names("table thead tbody tfoot tr td th caption body html");
