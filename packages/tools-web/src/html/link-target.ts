/** A longer link is of no use to who reads a page, and a page's base would stand in each of its links. */
const maxLink = 2_048;

/** Makes what links and images of a page point to whole, for text that is read elsewhere. */
export class LinkTargets {
  #base: URL;

  constructor(base: string) {
    this.#base = URL.parse(base) ?? new URL("http://invalid.invalid/");
  }

  /** What the page itself says that it is relative to. */
  rebase(href: string): void {
    const base = URL.parse(href, this.#base);
    if (base !== null && /^https?:$/.test(base.protocol)) this.#base = base;
  }

  /** Undefined for what leads nowhere from elsewhere, a place in the page, code, data; and for what is too long. */
  resolve(href: string | undefined): string | undefined {
    if (href === undefined) return undefined;
    const text = href.trim();
    if (text === "" || text.startsWith("#")) return undefined;
    // The usual forms need no parser, and a page may have a hundred thousand of them.
    const whole = /^https?:\/\/[^\s/]/i.test(text)
      ? text
      : /^\/(?![/\\])/.test(text)
        ? `${this.#base.origin}${text}`
        : URL.parse(text, this.#base)?.href;
    if (whole === undefined || !/^(?:https?|mailto|tel):/i.test(whole)) return undefined;
    const destination = toDestination(whole);
    return destination.length > maxLink ? undefined : destination;
  }
}

/** What would end a link's destination is encoded. */
const toDestination = (href: string): string =>
  /[\s()<>\\]/.test(href)
    ? href.replaceAll(
        /[\s()<>\\]/g,
        (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
      )
    : href;
