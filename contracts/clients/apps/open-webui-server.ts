import { cp } from "node:fs/promises";
import { join } from "node:path";
import { Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { freePort, type Listening, startProgram } from "../gateways/program.ts";

/** Nothing is fetched, nothing is reported, and a question is one request. */
const SETTINGS = {
  OFFLINE_MODE: "True",
  HF_HUB_OFFLINE: "1",
  WEBUI_AUTH: "False",
  WEBUI_SECRET_KEY: "made-up-for-the-matrix",
  ENABLE_OLLAMA_API: "False",
  ENABLE_TITLE_GENERATION: "False",
  ENABLE_TAGS_GENERATION: "False",
  ENABLE_FOLLOW_UP_GENERATION: "False",
  ENABLE_AUTOCOMPLETE_GENERATION: "False",
  ENABLE_VERSION_UPDATE_CHECK: "False",
  // Else it loads models of its own.
  RAG_EMBEDDING_ENGINE: "openai",
  AUDIO_STT_ENGINE: "openai",
  ANONYMIZED_TELEMETRY: "False",
  SCARF_NO_ANALYTICS: "true",
};

const Answer = Type.Object({
  chat: Type.Object({
    history: Type.Object({
      messages: Type.Record(
        Type.String(),
        Type.Object({
          role: Type.String(),
          content: Type.String(),
          done: Type.Optional(Type.Boolean()),
          error: Type.Optional(Type.Unknown()),
        }),
      ),
    }),
  }),
});

/** What Open WebUI keeps of the last answer in a chat. */
export interface SavedAnswer {
  content: string;
  isDone: boolean;
  error: unknown;
}

/** A running Open WebUI with one user. */
export interface OpenWebui {
  address: string;
  token: string;
  /** From now on it knows one model, at this base URL. */
  connect(baseUrl: string, model: string): Promise<void>;
  saved(chat: string): Promise<SavedAnswer | undefined>;
}

/** Starts it on a copy of the data in a folder, or on that data itself where `home` is absent. */
export async function startServer(folder: string, home?: string): Promise<Listening> {
  const prepared = join(folder, "open-webui/data");
  const data = home === undefined ? prepared : join(home, "data");
  if (home !== undefined) await cp(prepared, data, { recursive: true });
  const port = freePort();
  const program = join(folder, "open-webui/venv/bin/open-webui");
  return startProgram({
    words: [program, "serve", "--host", "127.0.0.1", "--port", String(port)],
    port,
    readyPath: "/health",
    environment: { ...SETTINGS, DATA_DIR: data },
    sharesGroup: true,
  });
}

/** Signs in as the one user, who is greeted by no news. */
export async function signIn(address: string): Promise<OpenWebui> {
  const ask = async (path: string, token: string, body?: object): Promise<unknown> => {
    const answer = await fetch(address + path, {
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body && { method: "POST", body: JSON.stringify(body) }),
    });
    return answer.json();
  };
  const user = await ask("/api/v1/auths/signin", "", { email: "", password: "" });
  const { token } = Value.Parse(Type.Object({ token: Type.String() }), user);
  await ask("/api/v1/users/user/settings/update", token, { ui: { showChangelog: false } });
  return {
    address,
    token,
    async connect(baseUrl, model) {
      await ask("/openai/config/update", token, {
        ENABLE_OPENAI_API: true,
        OPENAI_API_BASE_URLS: [baseUrl],
        OPENAI_API_KEYS: ["any"],
        OPENAI_API_CONFIGS: { "0": { enable: true, model_ids: [model] } },
      });
    },
    async saved(chat) {
      const found = await ask(`/api/v1/chats/${chat}`, token);
      if (!Value.Check(Answer, found)) return undefined;
      const answer = Object.values(found.chat.history.messages).findLast(
        ({ role }) => role === "assistant",
      );
      if (answer === undefined) return undefined;
      return { content: answer.content, isDone: answer.done === true, error: answer.error };
    },
  };
}
