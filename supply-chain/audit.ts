// `bun run audit`: fails on a known vulnerability, high or critical, in a package that Candor runs
// with. A registry that keeps no list of them cannot be asked; that is said, and is no failure.

/** How `bun audit` words that it got no list, as opposed to a list with something in it. */
const NO_LIST = /\/advisories\/bulk - \w+$|returned a non-JSON audit response$/m;

const audit = Bun.spawnSync({
  cmd: [process.execPath, "audit", "--json", "--prod", "--audit-level=high"],
  cwd: `${import.meta.dir}/..`,
});
const advisories = audit.stdout.toString().trim();
const trouble = audit.stderr.toString().trim();

if (audit.exitCode === 0) {
  console.log("audit: nothing high or critical is known of the packages that Candor runs with");
} else if (advisories === "" && NO_LIST.test(trouble)) {
  // What Bun warns of stands before the error.
  const error = trouble.split("\n").at(-1);
  console.log(`audit: NOT DONE, the registry gave no list of vulnerabilities (${error})`);
} else {
  console.error(`audit: ${advisories}${trouble}`);
  process.exit(1);
}
