import { useState } from "preact/hooks";

/** Something that a click does on the server: whether it is being done, and what went wrong. */
export interface Action {
  readonly isBusy: boolean;
  readonly error: unknown;
  readonly run: (act: () => Promise<unknown>) => void;
}

/** One action at a time. */
export const useAction = (): Action => {
  const [state, setState] = useState<Pick<Action, "isBusy" | "error">>({ isBusy: false, error: undefined });
  return {
    ...state,
    run: (act) => {
      if (state.isBusy) return;
      setState({ isBusy: true, error: undefined });
      act().then(
        () => setState({ isBusy: false, error: undefined }),
        (error: unknown) => setState({ isBusy: false, error }),
      );
    },
  };
};
