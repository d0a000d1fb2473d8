/** The attributes of an element that are looked at. The first of a name counts. */
export type Attributes = ReadonlyMap<string, string>;

/** What a page's elements are written to. Opens and closes are paired, whatever the page says; what is not shown does not come. */
export interface MarkupSink {
  open(name: string, attributes: Attributes): void;
  close(name: string): void;
  /** A piece of text with entities decoded and spaces as they stand; a text may come in many pieces. */
  text(text: string): void;
  /** All of it, once everything is closed. */
  finish(): string;
  /** Whether so much was written that nothing more is taken. */
  readonly isFull: boolean;
}
