import { canonicalJson } from "@holdfast/core";
import { maxInlineBytes, utf8Bytes } from "@holdfast/core/event";

import { reasonOf } from "../reason-of.ts";

import type { AskShown } from "@holdfast/core/event";
import type { Services } from "../services.ts";

/** Why a person is not asked here, as the end of a sentence; undefined where one is. */
export const whyNotAsked = ({ asks, logger }: Services, shown: AskShown): string | undefined => {
  if (utf8Bytes(canonicalJson({ ...shown })) > maxInlineBytes) return "it is too large to be shown to anybody";
  const { policy } = asks;
  try {
    const decided: unknown = typeof policy === "function" ? policy(shown) : policy;
    return decided === "wait" ? undefined : "this runtime cannot ask anybody";
  } catch (error) {
    logger.error("the policy of asks failed, and nobody is asked", { reason: reasonOf(error) });
    return "this runtime cannot ask anybody";
  }
};

/** Whether a person is asked here. */
export const mayAsk = (services: Services, shown: AskShown): boolean => whyNotAsked(services, shown) === undefined;
