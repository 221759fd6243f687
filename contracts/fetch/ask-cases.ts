/** A recording's request, and the name by which upstream answers it. */
export interface Case {
  name: string;
  method: string;
  path: string;
  headers: [string, string][];
  body: string;
}

/** What the caller of a `fetch` saw. */
export interface CaseSeen {
  name: string;
  status: number;
  headers: [string, string][];
  /** Its bytes, in base64. */
  body: string;
}

/** How many cases are under way at a time. */
const AT_ONCE = 4;

/** Asks for all cases. It runs wherever there is a `fetch`: in a browser and on Node as well. */
export async function askCases(
  ask: typeof fetch,
  baseUrl: string,
  cases: Case[],
): Promise<CaseSeen[]> {
  const seen: CaseSeen[] = [];
  const upcoming = cases.values();
  const work = async () => {
    for (const each of upcoming) seen.push(await askCase(ask, baseUrl, each));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return seen;
}

async function askCase(ask: typeof fetch, baseUrl: string, asked: Case): Promise<CaseSeen> {
  const { name, method, path, headers, body } = asked;
  const response = await ask(baseUrl + path, {
    method,
    headers: [...headers, ["x-openrouter-fixture", name]],
    ...(body !== "" && { body }),
    // No recording may lead out of this machine.
    redirect: "manual",
  });
  const bytes = new Uint8Array(await response.arrayBuffer());
  const characters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return { name, status: response.status, headers: [...response.headers], body: btoa(characters) };
}
