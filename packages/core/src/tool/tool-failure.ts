const brand = Symbol.for("holdfast.tool-failure");

/**
 * What a tool throws for the model to read: the file is not there, the text does not match. An expected outcome, not a defect.
 * Its message is all that the model sees.
 */
export class ToolFailure extends Error {
  readonly [brand] = true;
  override readonly name = "ToolFailure";

  /** Whether a value is a tool failure, of this copy of core or another. */
  static isInstance(value: unknown): value is ToolFailure {
    return typeof value === "object" && value !== null && brand in value;
  }
}
