/** A gateway that stands between clients and OpenRouter, and can be set up to take Candor for it. */
export interface Gateway {
  name: string;
  version: string;
  /** How it is set up, in a few words. */
  setUp: string;
  /** Installs it into a folder of its own; quick where it is there already. */
  install: (folder: string) => Promise<void>;
  /** Starts it on a port of 127.0.0.1, with this base URL as OpenRouter's. */
  start: (folder: string, port: number, baseUrl: string) => Promise<RunningGateway>;
}

/** A gateway that answers; ends at the end of its scope. */
export interface RunningGateway extends AsyncDisposable {
  pid: number;
  /** What an SDK takes as its base URL. */
  url: string;
  /** What has to be sent with every request. */
  headers: Record<string, string>;
}
