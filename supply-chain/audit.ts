// `bun run audit`: fails on any known vulnerability of a package that Candor runs with, and on one
// that is high or critical of a package that it is built and tested with. A registry that keeps no
// list of them cannot be asked; that is said, and is no failure.

/** How `bun audit` words that it got no list, as opposed to a list with something in it. */
const NO_LIST = /\/advisories\/bulk - \w+$|returned a non-JSON audit response$/m;

const HELP = `Usage: bun run audit [--help]

Asks the registry for known vulnerabilities: of the packages that Candor runs with, of any severity,
and of those that it is built and tested with, from high on. Ends with 1 where there are any. Where
the registry keeps no list, it says NOT DONE, and ends with 0.

  --help   print this, and do nothing else`;

if (Bun.argv.includes("--help")) {
  console.log(HELP);
} else {
  audit("that Candor runs with", "--prod");
  audit("that Candor is built with, of high severity or more", "--audit-level=high");
}

function audit(packages: string, option: string): void {
  const run = Bun.spawnSync({
    cmd: [process.execPath, "audit", "--json", option],
    cwd: `${import.meta.dir}/..`,
  });
  const advisories = run.stdout.toString().trim();
  const trouble = run.stderr.toString().trim();
  if (run.exitCode === 0) {
    console.log(`audit: nothing is known against the packages ${packages}`);
  } else if (advisories === "" && NO_LIST.test(trouble)) {
    // What Bun warns of stands before the error.
    const error = trouble.split("\n").at(-1);
    console.log(`audit: NOT DONE, the registry gave no list of vulnerabilities (${error})`);
  } else {
    console.error(`audit: of the packages ${packages}: ${advisories}${trouble}`);
    process.exitCode = 1;
  }
}
