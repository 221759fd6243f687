import { openHistory } from "../../src/observe/history.ts";
import { record } from "./made-up-records.ts";

/** Writes records to the file that is named, one batch after the other, until it is killed. */
const history = openHistory({ file: process.argv[2] ?? "", onProblem: console.error });
let written = 0;
for (;;) {
  for (let index = 0; index < 50; index++) history.sink.end(record({ at: Date.now() }));
  history.flush();
  written += 50;
  process.stdout.write(`${written}\n`);
  await new Promise((resolve) => setImmediate(resolve));
}
