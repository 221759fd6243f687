import type { Endpoint } from "./client.ts";

/** Something that upstream does, as the fixtures of each endpoint that has it show it. */
export interface Situation {
  name: string;
  isHealthy: boolean;
  /** Which of a client's two questions meets it. */
  asks: "ask" | "stream";
  fixtures: Partial<Record<Endpoint, string>>;
}

/** What clients are judged in. */
export const SITUATIONS: Situation[] = [
  {
    name: "healthy answer",
    isHealthy: true,
    asks: "ask",
    fixtures: {
      "chat-completions": "200-documented",
      responses: "200-error-null",
      messages: "200-success",
      // The SDK asks for base64 unless told otherwise.
      embeddings: "200-base64",
    },
  },
  {
    name: "200 with an error",
    isHealthy: false,
    asks: "ask",
    fixtures: {
      "chat-completions": "200-error-429-free-models-per-day",
      responses: "200-failed-error-null",
      messages: "200-error-overloaded",
      embeddings: "200-error-404",
    },
  },
  {
    name: "healthy stream",
    isHealthy: true,
    asks: "stream",
    fixtures: {
      "chat-completions": "stream-success",
      responses: "stream-success",
      messages: "stream-success",
    },
  },
  {
    // OpenAI's chat streams end so; of the others only OpenRouter's do.
    name: "healthy stream with `[DONE]`",
    isHealthy: true,
    asks: "stream",
    fixtures: { responses: "stream-comments-and-done", messages: "stream-success-done" },
  },
  {
    name: "error before any text",
    isHealthy: false,
    asks: "stream",
    fixtures: {
      "chat-completions": "stream-error-429-free-models-per-day",
      responses: "stream-failed-after-in-progress",
      messages: "stream-error-overloaded",
    },
  },
  {
    name: "error after text",
    isHealthy: false,
    asks: "stream",
    fixtures: {
      "chat-completions": "stream-429-after-content",
      responses: "stream-failed-after-deltas",
      messages: "stream-error-after-content",
    },
  },
  {
    name: "connection cut",
    isHealthy: false,
    asks: "stream",
    fixtures: {
      "chat-completions": "stream-cut-after-content",
      responses: "stream-cut-after-deltas",
      messages: "stream-cut-after-content",
    },
  },
  {
    name: "stream ends early",
    isHealthy: false,
    asks: "stream",
    fixtures: {
      "chat-completions": "stream-ends-without-finish",
      responses: "stream-ends-without-completed",
      messages: "stream-ends-without-message-stop",
    },
  },
];
