/** What the library is told of its limits. */
export interface Limits {
  idleTimeoutMs?: number;
}

/** A recording's request, and the name by which upstream answers it. */
export interface Case {
  name: string;
  method: string;
  path: string;
  headers: [string, string][];
  body: string;
  /** What the library is told for this case. */
  options: Limits;
}

/** What the caller of a `fetch` saw. */
export interface CaseSeen {
  name: string;
  status: number;
  headers: [string, string][];
  /** Its bytes, in base64. */
  body: string;
  /** Whether reading it failed before its end. */
  isBroken: boolean;
}

/** How many cases are under way at a time. */
const AT_ONCE = 4;

/** Asks for all cases. It runs wherever there is a `fetch`: in a browser and on Node as well. */
export async function askCases(
  truthfulFetch: (options: Limits) => typeof fetch,
  baseUrl: string,
  cases: Case[],
): Promise<CaseSeen[]> {
  const seen: CaseSeen[] = [];
  const upcoming = cases.values();
  const work = async () => {
    for (const each of upcoming) {
      seen.push(await askCase(truthfulFetch(each.options), baseUrl, each));
    }
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
  const { status } = response;
  return { name, status, headers: [...response.headers], ...(await readBody(response)) };
}

/** Reads a body to its end, or as far as it comes. */
async function readBody({ body }: Response): Promise<Pick<CaseSeen, "body" | "isBroken">> {
  const reader = body?.getReader();
  let characters = "";
  const seen = (isBroken: boolean) => ({ body: btoa(characters), isBroken });
  try {
    while (true) {
      const { value, done = true } = (await reader?.read()) ?? {};
      if (done || value === undefined) return seen(false);
      for (const byte of value) characters += String.fromCharCode(byte);
    }
  } catch {
    return seen(true);
  }
}
