/** A window of a call's whole output. */
export interface OutputWindow {
  /** Whole characters of UTF-8. */
  readonly text: string;
  /** Where the window begins and ends, in bytes. */
  readonly offset: number;
  readonly end: number;
  /** Size of the whole, in bytes. */
  readonly size: number;
}
