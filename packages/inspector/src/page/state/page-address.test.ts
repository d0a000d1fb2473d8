import { expect, it } from "vitest";

import { readAddress, toAddress } from "./page-address.ts";

it.each([
  ["", undefined, undefined],
  ["#/", undefined, undefined],
  [toAddress("ses_1a"), "ses_1a", undefined],
  ["#/ses_1a?token=a%20b", "ses_1a", "a b"],
  ["#token=%", undefined, "%"],
  ["#/other", undefined, undefined],
])("reads the address %j", (hash, sessionId, token) => {
  expect(readAddress(hash)).toEqual({ sessionId, token });
});
