/** A JSON schema, as far as the schemas of events use it. */
export interface JsonSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly properties?: { readonly [name: string]: JsonSchema };
  readonly required?: readonly string[];
}

/** A schema in a few words, for one cell of a table. */
export const describeSchema = (schema: JsonSchema): string => {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return `one of ${schema.enum.map((value) => JSON.stringify(value)).join(", ")}`;
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches !== undefined) return branches.map(describeSchema).join(" or ");
  switch (schema.type) {
    case "object":
      return describeObject(schema);
    case "array":
      return `list of ${describeSchema(schema.items ?? {})}`;
    case "string":
      return describeString(schema);
    case "integer":
    case "number":
      return schema.minimum === undefined ? schema.type : `${schema.type} from ${schema.minimum}`;
    case undefined:
      return "JSON";
    default:
      return schema.type;
  }
};

const describeObject = ({ properties = {}, required = [] }: JsonSchema): string => {
  const members = Object.entries(properties).map(
    ([name, member]) => `${name}${required.includes(name) ? "" : "?"}: ${describeSchema(member)}`,
  );
  return members.length === 0 ? "object" : `{ ${members.join("; ")} }`;
};

const idPattern = /^\^([a-z]{3})_\[a-zA-Z0-9\]/;

const describeString = ({ pattern, minLength = 0, maxLength }: JsonSchema): string => {
  const prefix = idPattern.exec(pattern ?? "")?.[1];
  if (prefix !== undefined) return `\`${prefix}_…\``;
  if (pattern === "^[0-9a-f]{64}$" || (minLength === 64 && maxLength === 64)) return "64 hex digits";
  return maxLength === undefined ? "string" : `string of at most ${maxLength}`;
};
