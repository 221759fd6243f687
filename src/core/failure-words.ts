/**
 * The words in which OpenRouter (https://openrouter.ai/docs/api_reference/errors-and-debugging,
 * `error_type` and `availability.code`; `ResponsesErrorField.code` of its OpenAPI document), OpenAI
 * (`error.code`, `error.type`) and Anthropic (`error.type`) name a failure, by the status that they
 * stand for. The only list in the program.
 */
export const FAILURE_WORDS: Record<number, readonly string[]> = {
  400: words(`invalid_request invalid_request_error invalid_prompt context_length_exceeded
    max_tokens_exceeded token_limit_exceeded string_too_long invalid_image image_too_large
    image_too_small unsupported_image_format image_download_failed unsupported_value
    model_not_found wrong_endpoint invalid_image_format invalid_base64_image invalid_image_url
    image_parse_error invalid_image_mode image_file_too_large unsupported_image_media_type
    empty_image_file failed_to_download_image`),
  401: words("authentication invalid_api_key authentication_error"),
  402: words("payment_required insufficient_credits billing_error insufficient_quota"),
  403: words(`permission_denied permission_error region_restricted content_policy_violation
    image_content_policy_violation refusal bio_policy cyber_policy
    misalignment_policy_violation data_residency_mismatch`),
  404: words(`not_found not_found_error image_not_found no_endpoints model_deprecated
    model_unavailable_upstream privacy_restricted constraint_filtered free_variant_ended
    image_file_not_found`),
  412: words("precondition_failed"),
  413: words("payload_too_large request_too_large"),
  422: words("unprocessable"),
  429: words("rate_limit_exceeded rate_limit_error capacity_exhausted"),
  500: words("server server_error api_error internal_error unmapped"),
  502: words("provider_unavailable"),
  503: words(`provider_overloaded overloaded_error temporarily_unavailable
    service_unavailable_error`),
  504: words("timeout timeout_error vector_store_timeout"),
};

function words(list: string): string[] {
  return list.split(/\s+/);
}

const STATUS_BY_WORD = new Map(
  Object.entries(FAILURE_WORDS).flatMap(([status, list]) =>
    list.map((word): [string, number] => [word, Number(status)]),
  ),
);

/** The status that a word stands for; undefined for an unknown word. */
export function statusOfWord(word: string): number | undefined {
  return STATUS_BY_WORD.get(word);
}

/** OpenRouter's words for which OpenAI has its own (OpenAI's error codes guide). */
const OPENAI_SPELLING = new Map([
  ["authentication", "invalid_api_key"],
  ["payment_required", "insufficient_quota"],
  ["server", "server_error"],
]);

/** A word in OpenAI's spelling where OpenAI has one, else as it is. */
export function openaiSpelling(word: string): string {
  return OPENAI_SPELLING.get(word) ?? word;
}
