"""aider's CLI, as `aider --message`; what it prints is all that its user gets."""

import json
import os
import re
import subprocess
import sys

base_url, model, kind = sys.argv[1:4]
aider = os.path.join(os.path.dirname(sys.executable), "aider")
words = [aider, "--model", f"openrouter/{model}", "--message", "Hello", "--yes-always", "--no-git"]
quiet = ["--no-pretty", "--no-check-update", "--no-show-model-warnings", "--no-analytics"]
chosen = ["--stream" if kind == "stream" else "--no-stream", "--edit-format", "ask"]
environment = {**os.environ, "OPENROUTER_API_BASE": base_url}
done = subprocess.run(
    [*words, *quiet, *chosen], env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL
)
# Above this line it says what it is; below the other, what it cost.
output = (done.stdout + done.stderr).split("Repo-map: disabled")[-1].split("\nTokens: ")[0]
# Its words for a failure begin with litellm's name of the class.
found = re.search(r"litellm\.(\w+)|Traceback|Empty response received", output)
name = found and (found.group(1) or found.group(0))
report = {
    "text": output[: found.start() if found else None].strip(),
    "outcome": "error" if found else "answer",
    "class": name or "",
    "status": None,
    "message": output[found.start() :][:2000] if found else "",
    "crash": "Traceback" in output,
}
print(json.dumps(report))
