import { completions } from "./completions.ts";
import { embeddings } from "./embeddings.ts";
import type { ExpectedError } from "./error.ts";
import { errorStatuses } from "./error-statuses.ts";
import { jsonErrors } from "./json-errors.ts";
import { MESSAGES_UNTOUCHED, messagesEndings, messagesErrors } from "./messages.ts";
import {
  audioSpeech,
  audioTranscriptions,
  containers,
  credits,
  files,
  generation,
  images,
  interns,
  key,
  keys,
  models,
  rerank,
  videos,
} from "./other-endpoints.ts";
import { endings, type ExpectedStream, UNTOUCHED } from "./relayed.ts";
import { RESPONSES_UNTOUCHED, responsesEndings, responsesErrors } from "./responses.ts";
import { streamErrors } from "./stream-errors.ts";

/** What clients of one endpoint get, by the names of its fixtures. Each fixture stands in one. */
export interface Expectations {
  /** Answers that leave as errors, with their status. */
  errors: Record<string, ExpectedError>;
  /** Healthy answers, which reach the client byte for byte. */
  untouched: string[];
  /** Streams that were committed and then changed their mind. */
  endings: Record<string, ExpectedStream>;
}

/** By the folder of the fixtures. */
export const EXPECTED: Record<string, Expectations> = {
  "chat-completions": {
    errors: { ...jsonErrors, ...errorStatuses, ...streamErrors },
    untouched: UNTOUCHED,
    endings,
  },
  completions,
  embeddings,
  "audio-speech": audioSpeech,
  "audio-transcriptions": audioTranscriptions,
  containers,
  credits,
  files,
  generation,
  images,
  interns,
  key,
  keys,
  models,
  rerank,
  videos,
  messages: { errors: messagesErrors, untouched: MESSAGES_UNTOUCHED, endings: messagesEndings },
  responses: { errors: responsesErrors, untouched: RESPONSES_UNTOUCHED, endings: responsesEndings },
};
