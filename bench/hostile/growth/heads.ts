import { ANSWER } from "./bodies.ts";
import { fill, type Payload, series } from "./payload.ts";

type Fields = (size: number) => [name: string, value: string][];

/** Fields of upstream's head that Candor reads, in forms that are long to read. */
const FIELDS: Record<string, Fields> = {
  "one field": (size) => [["x-a", fill("a", size)]],
  "many fields": (size) => Array.from({ length: size / 10 }, (_, index) => [`x-${index}`, "a"]),
  "a Connection list": (size) => [["connection", fill("a,", size)]],
  "a Connection list that differs": (size) => [
    ["connection", series((index) => `x${index},`, size)],
  ],
  "a Proxy-Status list": (size) => [["proxy-status", `${fill("a;b=c, ", size)}d`]],
  "no Proxy-Status list": (size) => [["proxy-status", `${fill("a", size)}"`]],
  "a Proxy-Status of escapes": (size) => [["proxy-status", `"${fill("\\\\", size)}`]],
  "a content type of commas": (size) => [["content-type", fill("a/b,", size)]],
  "a content type of XML": (size) => [["content-type", `application/${fill("xm", size)}`]],
  "a Retry-After of digits": (size) => [["retry-after", fill("1", size)]],
  "a Retry-After that begins as a date": (size) => [["retry-after", `Mon${fill("1:", size)}`]],
  "a content coding of spaces": (size) => [["content-encoding", `gzip${fill(" ", size)},x`]],
};

const ERROR = '{"error":{"message":"No","code":429}}';

/** Heads of answers that are relayed, and of those that are replaced. */
export const HEADS: Payload[] = Object.entries(FIELDS).flatMap(([name, fields]): Payload[] => [
  { name: `head: ${name}`, side: "head", make: (size) => ({ fields: fields(size), body: ANSWER }) },
  {
    name: `head of an error: ${name}`,
    side: "head",
    make: (size) => ({ fields: fields(size), body: ERROR }),
  },
]);

/** Fields that an error puts into its body. */
export const LIFTED: Payload[] = [
  {
    name: "error 200: metadata.headers that differ",
    side: "answer",
    make: (size) => errorWith(series((index) => `"x-${index}":"a",`, size)),
  },
  {
    name: "error 200: one long field in metadata.headers",
    side: "answer",
    make: (size) => errorWith(`"x-ratelimit-limit":"${fill("a", size)}",`),
  },
  {
    name: "error 200: user_id at all depths",
    side: "answer",
    make: (size) => ({
      body: `{"error":{"message":"No","x":[${fill('{"user_id":1,"a":{"user_id":1}},', size)}1]}}`,
    }),
  },
];

function errorWith(fields: string) {
  return { body: `{"error":{"message":"No","metadata":{"headers":{${fields}"z":"1"}}}}` };
}
