type Row = { readonly [column: string]: unknown };
type Dump = { readonly [table: string]: readonly unknown[] };

// What later versions added.
const added = new Set(["withdrawnSeq", "valueSeq", "rootId", "activityTokens", "activityCost"]);

/** A row without the columns that later versions added. */
export const withoutAdded = (row: unknown): Row =>
  Object.fromEntries(
    Object.entries(row as Row).filter(
      // Blocks have a kind of their own.
      ([column, value]) => !added.has(column) && !(column === "kind" && value === "prompt"),
    ),
  );

/** The rows of a table with the names that version 1 has in place of numbers. */
export const asInVersion1 = (dump: Dump, table: string): readonly Row[] => {
  const names = (of: string, key: string, name: string) =>
    new Map((dump[of] as readonly Row[]).map((row) => [row[key], row[name]]));
  const sessions = names("session", "sessionKey", "sessionId");
  const types = names("eventType", "typeKey", "name");
  const blobs = names("blob", "blobKey", "hash");
  return (dump[table] as readonly Row[])
    .map(withoutAdded)
    .map(({ sessionKey, typeKey, blobKey, place: _place, ...row }) => ({
      ...row,
      ...(sessionKey === undefined ? {} : { sessionId: sessions.get(sessionKey) }),
      ...(typeKey === undefined ? {} : { type: types.get(typeKey) }),
      ...(blobKey === undefined ? {} : { hash: blobs.get(blobKey) }),
      ...(table === "event" ? eventInVersion1(row) : {}),
    }));
};

const eventInVersion1 = (row: Row): Row => ({
  id: `evt_${String(row["id"])}`,
  hash: Buffer.from(row["hash"] as Uint8Array).toString("hex"),
});

// It is the hash of the row before.
export const withoutPrevHash = (row: unknown): Row => {
  const { prevHash: _derived, ...rest } = row as Row;
  return rest;
};

export const sorted = (rows: readonly Row[]): readonly Row[] => {
  const text = (row: Row) => JSON.stringify(Object.entries(row).toSorted(([left], [right]) => (left < right ? -1 : 1)));
  return rows.toSorted((left, right) => (text(left) < text(right) ? -1 : 1));
};
