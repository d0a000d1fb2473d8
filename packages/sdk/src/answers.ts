import type {
  ActiveSession,
  AnswerReceipt,
  AskInfo,
  AskPage,
  DeleteOutcome,
  Explanation,
  FileList,
  ImportOutcome,
  InputChange,
  InterruptOutcome,
  LocationInfo,
  MessagePage,
  ModelInfo,
  OutputWindow,
  PendingInput,
  Receipt,
  RecoveryInfo,
  ReleaseOutcome,
  ResumeOutcome,
  SessionContext,
  SessionInfo,
  SessionPage,
  WaitOutcome,
} from "@holdfast/core";
import type { Todo } from "@holdfast/core/event";
import type { Approval } from "@holdfast/core/store";

/** What each route answers (PROTOCOL 1.2). The server's schemas hold it to that. */
export interface Answers {
  readonly "GET /v1/sessions": SessionPage;
  readonly "POST /v1/sessions": SessionInfo;
  readonly "GET /v1/sessions/{sessionId}": SessionInfo;
  readonly "PATCH /v1/sessions/{sessionId}": SessionInfo;
  readonly "DELETE /v1/sessions/{sessionId}": DeleteOutcome;
  readonly "POST /v1/sessions/{sessionId}/move": SessionInfo;
  readonly "POST /v1/sessions/{sessionId}/fork": SessionInfo;
  readonly "POST /v1/sessions/{sessionId}/release": ReleaseOutcome;
  readonly "POST /v1/import": ImportOutcome;
  readonly "GET /v1/active": { readonly sessions: readonly ActiveSession[] };
  readonly "POST /v1/sessions/{sessionId}/inputs": Receipt;
  readonly "GET /v1/sessions/{sessionId}/inputs": { readonly inputs: readonly PendingInput[] };
  readonly "PUT /v1/sessions/{sessionId}/inputs/{messageId}": InputChange;
  readonly "DELETE /v1/sessions/{sessionId}/inputs/{messageId}": InputChange;
  readonly "GET /v1/sessions/{sessionId}/receipt": Receipt;
  readonly "POST /v1/sessions/{sessionId}/interrupt": InterruptOutcome;
  readonly "POST /v1/sessions/{sessionId}/resume": ResumeOutcome;
  readonly "GET /v1/sessions/{sessionId}/wait": WaitOutcome;
  readonly "GET /v1/sessions/{sessionId}/recovery": RecoveryInfo;
  readonly "GET /v1/sessions/{sessionId}/messages": MessagePage;
  readonly "GET /v1/sessions/{sessionId}/context": SessionContext;
  readonly "GET /v1/sessions/{sessionId}/todos": { readonly todos: readonly Todo[] };
  readonly "GET /v1/sessions/{sessionId}/output": OutputWindow;
  readonly "GET /v1/asks": AskPage;
  readonly "GET /v1/sessions/{sessionId}/asks/{askId}": AskInfo;
  readonly "POST /v1/sessions/{sessionId}/asks/{askId}/answer": AnswerReceipt;
  readonly "POST /v1/sessions/{sessionId}/explain": Explanation;
  readonly "GET /v1/approvals": { readonly approvals: readonly Approval[] };
  readonly "POST /v1/approvals/revoke": { readonly revoked: boolean };
  readonly "GET /v1/locations": { readonly locations: readonly LocationInfo[] };
  readonly "GET /v1/locations/files": FileList;
  readonly "GET /v1/models": { readonly models: readonly ModelInfo[] };
}
