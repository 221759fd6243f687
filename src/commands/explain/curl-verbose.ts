import { pathBelowBase } from "./request-path.ts";

/** What `curl -v` printed, taken apart. */
export interface CurlOutput {
  /** The heads and the body of the response, as `curl -i` saves them. */
  response: Buffer;
  /** Of the last request, below the base of its API; undefined where it was not printed. */
  askedPath: string | undefined;
  /** Whether curl says that the transfer failed. */
  isCut: boolean;
}

const FIRST_LINE = /^(?:\*|>|<|[{}] \[|\s*% Total)/;
const RESPONSE_LINE = /^< HTTP\/\d/m;
const REQUEST_LINE = /^> [A-Z]+ (\S+) HTTP\/\d/gm;
const FAILURE = /^curl: \(\d+\) (.*)\n?/gm;

/** The progress meter: its title, and its numbers, which overwrite each other. */
const METER =
  /^ *% Total.*\n.*Dload.*\n|\r *\d+ +[\d.]+[kMGT]? +\d+(?: +[\d.]+[kMGT]?)+(?: +(?:--|\d+):(?:--|\d\d):(?:--|\d\d)){3} +[\d.]+[kMGT]?\n?/gm;

/** Where the body has no line end of its own, curl's last remark stands on the same line. */
const LAST_REMARK = /\* (?:Connection #\d+ to host .* left intact|[Cc]losing connection.*)\n?/g;

/** Lines about the connection, the request, and about how many bytes were read. */
const REMARK = /^(?:\* .*|> .*|>\r?|[{}] \[\d+ bytes data\]\r?)(?:\n|$)/gm;

/** Whether bytes are what `curl -v` prints, standard error and output together. */
export function isCurlOutput(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes).toString("latin1");
  return FIRST_LINE.test(text) && (RESPONSE_LINE.test(text) || text.search(FAILURE) !== -1);
}

/**
 * Takes the output of `curl -v` apart. Remarks may stand anywhere between the lines of a body.
 * Throws where there was no answer.
 */
export function readCurlOutput(bytes: Uint8Array): CurlOutput {
  const text = Buffer.from(bytes).toString("latin1");
  const path = [...text.matchAll(REQUEST_LINE)].at(-1)?.[1];
  const [failure] = [...text.matchAll(FAILURE)];
  const plain = [METER, FAILURE, LAST_REMARK, REMARK].reduce(
    (rest, remark) => rest.replace(remark, ""),
    text,
  );
  const start = plain.search(RESPONSE_LINE);
  if (start === -1) throw new Error(`curl got no answer: ${failure?.[1] ?? "it does not say why"}`);
  const response = plain.slice(start).replace(/^< ?/gm, "");
  return {
    response: Buffer.from(response, "latin1"),
    askedPath: path === undefined ? undefined : pathBelowBase(path),
    isCut: failure !== undefined,
  };
}
