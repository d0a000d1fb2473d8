import type { InputRow } from "../../store/rows.ts";

/** The requests to compact that are to be answered at a boundary: those that are awake, up to the cutoff. One summary answers them all. */
export const requestedCompactions = (inputs: readonly InputRow[], cutoffSeq: number): readonly InputRow[] =>
  inputs.filter(({ kind, awake, seq }) => kind === "compaction" && awake === 1 && seq <= cutoffSeq);
