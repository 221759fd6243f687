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

/** Lines about the connection, and about what was read; the progress meter; curl's last word. */
const REMARKS = [
  /^\* .*\n?/gm,
  /^[{}] \[\d+ bytes data\]\r?\n?/gm,
  /^> ?.*\n?/gm,
  /^ *% Total.*\n.*Dload.*\n?/gm,
  /(?:^|\r) *\d+ +[\d.]+[kMGT]? +\d+(?: +[\d.]+[kMGT]?)+(?: +(?:--|\d+):(?:--|\d\d):(?:--|\d\d)){3} +[\d.]+[kMGT]?\n?/gm,
];

/** Where the body has no line end of its own, curl's remark stands on the same line. */
const LAST_REMARK =
  /\* (?:Connection #\d+ to host .* left intact|Closing connection.*|closing connection.*)\n?/g;

const FAILURE = /^curl: \(\d+\) .*\n?/gm;

/** Whether bytes are what `curl -v` prints, standard error and output together. */
export function isCurlOutput(bytes: Uint8Array): boolean {
  const beginning = Buffer.from(bytes.subarray(0, 65_536)).toString("latin1");
  return FIRST_LINE.test(beginning) && RESPONSE_LINE.test(beginning);
}

/** Takes the output of `curl -v` apart. Remarks may stand anywhere between the lines of a body. */
export function readCurlOutput(bytes: Uint8Array): CurlOutput {
  const text = Buffer.from(bytes).toString("latin1");
  const path = [...text.matchAll(REQUEST_LINE)].at(-1)?.[1];
  const isCut = FAILURE.test(text);
  let rest = text.replace(FAILURE, "").replace(LAST_REMARK, "");
  for (const remark of REMARKS) rest = rest.replace(remark, "");
  const response = rest.replace(/^< ?/gm, "").replace(/^[\r\n]+/, "");
  return {
    response: Buffer.from(response, "latin1"),
    askedPath: path === undefined ? undefined : pathBelowBase(path),
    isCut,
  };
}
