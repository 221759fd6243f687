import packageJson from "../../package.json" with { type: "json" };

/** A download that a formula points to. */
export interface FormulaDownload {
  url: string;
  sha256: string;
}

/** The Homebrew formula of a release; `download` gives what belongs to a target's name. */
export function describeFormula(download: (target: string) => FormulaDownload): string {
  const lines = (target: string) => {
    const { url, sha256 } = download(target);
    return `      url "${url}"\n      sha256 "${sha256}"`;
  };
  return `# Written by \`bun run release\`.
class Candor < Formula
  desc "${packageJson.description}"
  version "${packageJson.version}"
  license "${packageJson.license}"

  on_macos do
    on_arm do
${lines("darwin-arm64")}
    end
    on_intel do
${lines("darwin-x64")}
    end
  end

  on_linux do
    on_arm do
${lines("linux-arm64")}
    end
    on_intel do
${lines("linux-x64")}
    end
  end

  def install
    bin.install "candor"
    doc.install "README.md", "THIRD-PARTY-LICENSES.txt"
  end

  service do
    run [opt_bin/"candor"]
    keep_alive successful_exit: false
    log_path var/"log/candor.log"
    error_log_path var/"log/candor.log"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/candor --version")
  end
end
`;
}
