import { isUtf8 } from "node:buffer";
import { expect, test } from "bun:test";
import { loadFixtures } from "../../src/recordings/fixtures.ts";
import { chunkBytes } from "../../src/recordings/recording.ts";
import { EXPECTED } from "../expected/index.ts";

const SECRETS = /sk-or-|sk-ant-|sk-proj-|bearer |authorization|"(user|org)_[A-Za-z0-9]{20,}"/i;

test("every file in fixtures is a recording, and there are at least 120", () => {
  // Loading throws where a file is none.
  expect(loadFixtures().size).toBeGreaterThanOrEqual(120);
});

test("every fixture is asserted by exactly one contract", () => {
  const asserted = Object.entries(EXPECTED).flatMap(([endpoint, { errors, endings, untouched }]) =>
    [...Object.keys(errors), ...Object.keys(endings), ...untouched].map(
      (name) => `${endpoint}/${name}`,
    ),
  );
  expect(asserted.toSorted()).toEqual([...loadFixtures().keys()].toSorted());
});

test.each([...loadFixtures()])("%s holds no key and names no account", (_name, fixture) => {
  const { origin: _origin, ...exchange } = fixture;
  expect(JSON.stringify(exchange)).not.toMatch(SECRETS);
});

test.each([...loadFixtures()])("%s says where it is known from", (_name, { origin }) => {
  // A recording is made by `candor record`; what others published is a reconstruction.
  if (origin.kind === "recorded") expect(origin.note).toStartWith("recorded by candor");
  else expect(origin.note.length).toBeGreaterThan(20);
});

test.each([...loadFixtures()])("%s can be read, where it is text", (_name, { response }) => {
  const coded = response.chunks.filter((chunk) => "base64" in chunk);
  expect(coded.filter((chunk) => isUtf8(chunkBytes(chunk)))).toEqual([]);
});
